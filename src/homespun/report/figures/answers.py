"""Answers: pictures with a bar for each probability, blue if right and red if wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from homespun.report.plotting import BLUE, PALE, RED, bare, new_figure
from homespun.types import ByteArray, FloatArray, IntArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_IN_KEY = 12


def caption(probabilities: FloatArray, truth: int, names: Sequence[str]) -> str:
    """Return the article's words for an answer: "Bag 16% (Bag)", the truth in brackets."""
    guess = int(np.argmax(probabilities))
    return f"{names[guess]} {probabilities[guess]:.0%} ({names[truth]})"


def answers(
    images: ByteArray,
    y: IntArray,
    probabilities: FloatArray,
    names: Sequence[str],
    columns: int = 3,
) -> Figure:
    """Return each picture beside its probabilities as bars.

    Args:
        images: (n, height, width, channel) uint8.
        y: (n,) true class indices.
        probabilities: (n, n_classes).
        names: the name of each class.
        columns: pictures a row.
    """
    rows = -(-len(images) // columns)
    figure = new_figure(4 * columns, 1.8 * rows + 0.3)
    axes = figure.subplots(rows, 2 * columns, width_ratios=[1, 1.7] * columns, squeeze=False)
    for ax in axes.flat:
        bare(ax)
    cells = zip(axes.flat[::2], axes.flat[1::2], images, y, probabilities, strict=False)
    for picture, bars, image, truth, row in cells:
        guess = int(row.argmax())
        colour = BLUE if guess == truth else RED
        picture.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        colours = [colour if i == guess else PALE for i in range(len(row))]
        bars.bar(range(len(row)), row, color=colours)
        bars.set_ylim(0, 1)
        bars.set_title(caption(row, truth, names), fontsize=9.5, color=colour, parse_math=False)
        if len(names) <= _MOST_IN_KEY:
            bars.set_xticks(range(len(row)))
            bars.tick_params(length=0, labelsize=8)
    if len(names) <= _MOST_IN_KEY:
        key = "   ".join(f"{i} {name}" for i, name in enumerate(names))
        figure.supxlabel(key, fontsize=9, parse_math=False)
    return figure
