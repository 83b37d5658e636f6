"""Pictures of answers: products with a bar for each probability, blue if right and red if wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from homespun.article.figures.canvas import (
    BLUE,
    INK,
    MUTED,
    PALE,
    RED,
    Drawing,
    bare,
    new_figure,
    tidy,
)
from homespun.data.dataset import Dataset
from homespun.report.figures.answers import caption
from homespun.types import ByteArray, FloatArray

ROWS, COLUMNS = 5, 3


def single_answer(
    image: ByteArray, truth: int, answers: dict[str, FloatArray], names: Sequence[str]
) -> Drawing:
    """Draw one product and, for each named model, its probabilities (n_classes,) as bars."""
    figure = new_figure(12, 3.8)
    axes = figure.subplots(1, 1 + len(answers), width_ratios=[0.9] + [1] * len(answers))
    _product(axes[0], image)
    axes[0].set_title(names[truth], color=INK, fontsize=11)
    for ax, (model, probabilities) in zip(axes[1:], answers.items(), strict=True):
        guess = int(np.argmax(probabilities))
        colours = [PALE] * len(names)
        colours[guess] = BLUE if guess == truth else RED
        ax.barh(range(len(names)), probabilities, color=colours)
        ax.set_xlim(0, 1)
        ax.invert_yaxis()
        tidy(ax, title=f"{model}\n{caption(probabilities, truth, names)}", x="probability")
        ax.set_yticks(range(len(names)), names if ax is axes[1] else [""] * len(names))
        ax.tick_params(axis="y", length=0)
    said = "; ".join(f"{model}: {caption(p, truth, names)}" for model, p in answers.items())
    return Drawing(figure, f"One product with the probabilities of its ten classes. {said}.")


def answer_grid(data: Dataset, probabilities: FloatArray, *, title: str) -> Drawing:
    """Draw the first 15 products of `data`, each with its row of `probabilities` as bars."""
    figure = new_figure(12, 9)
    axes = figure.subplots(ROWS, 2 * COLUMNS, width_ratios=[1, 1.7] * COLUMNS).ravel()
    right = 0
    for ax in axes:
        bare(ax)
    cells = zip(axes[::2], axes[1::2], data.images, data.labels, probabilities, strict=False)
    for picture, bars, image, label, row in cells:
        truth, guess = int(label), int(np.argmax(row))
        colour = BLUE if guess == truth else RED
        right += guess == truth
        _product(picture, image[:, :, 0])
        bars.bar(
            range(len(row)), row, color=[colour if i == guess else PALE for i in range(len(row))]
        )
        bars.set_ylim(0, 1)
        bars.set_xticks(range(len(row)))
        bars.tick_params(length=0, labelsize=8, colors=MUTED)
        bars.spines["bottom"].set(visible=True, color=PALE)
        bars.set_title(caption(row, truth, data.class_names), fontsize=9.5, color=colour)
    key = "   ".join(f"{i} {name}" for i, name in enumerate(data.class_names))
    figure.suptitle(title, color=INK, fontsize=12)
    figure.supxlabel(key, color=MUTED, fontsize=9)
    n = min(len(data), ROWS * COLUMNS)
    alt = (
        f"{title}: {n} products with bars for the probabilities, {right} right (blue), "
        f"{n - right} wrong (red)."
    )
    return Drawing(figure, alt)


def _product(ax: Axes, image: ByteArray) -> None:
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    bare(ax)
