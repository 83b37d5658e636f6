"""Pictures of answers: products with a bar for each probability, blue if right and red if wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from homespun.article.figures.canvas import (
    BLUE,
    INK,
    PALE,
    RED,
    Drawing,
    bare,
    new_figure,
    tidy,
)
from homespun.data.dataset import Dataset
from homespun.report.figures.answers import answers, caption
from homespun.types import ByteArray, FloatArray

_SHOWN = 15


def single_answer(
    image: ByteArray, truth: int, given: dict[str, FloatArray], names: Sequence[str]
) -> Drawing:
    """Draw one product and, for each named model, its probabilities (n_classes,) as bars."""
    figure = new_figure(12, 3.8)
    axes = figure.subplots(1, 1 + len(given), width_ratios=[0.9] + [1] * len(given))
    _product(axes[0], image)
    axes[0].set_title(names[truth], color=INK, fontsize=11)
    for ax, (model, probabilities) in zip(axes[1:], given.items(), strict=True):
        guess = int(np.argmax(probabilities))
        colours = [PALE] * len(names)
        colours[guess] = BLUE if guess == truth else RED
        ax.barh(range(len(names)), probabilities, color=colours)
        ax.set_xlim(0, 1)
        ax.invert_yaxis()
        tidy(ax, title=f"{model}\n{caption(probabilities, truth, names)}", x="probability")
        ax.set_yticks(range(len(names)), names if ax is axes[1] else [""] * len(names))
        ax.tick_params(axis="y", length=0)
    said = "; ".join(f"{model}: {caption(p, truth, names)}" for model, p in given.items())
    return Drawing(figure, f"One product with the probabilities of its ten classes. {said}.")


def answer_grid(data: Dataset, probabilities: FloatArray, *, title: str) -> Drawing:
    """Draw the first 15 products of `data`, each with its row of `probabilities` as bars."""
    first = data.take(slice(_SHOWN))
    shown = probabilities[:_SHOWN]
    figure = answers(first.images, first.labels, shown, first.class_names)
    figure.suptitle(title, color=INK, fontsize=12)
    right = int(np.count_nonzero(shown.argmax(axis=1) == first.labels))
    alt = (
        f"{title}: {len(first)} products with bars for the probabilities, {right} right (blue), "
        f"{len(first) - right} wrong (red)."
    )
    return Drawing(figure, alt)


def _product(ax: Axes, image: ByteArray) -> None:
    ax.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    bare(ax)
