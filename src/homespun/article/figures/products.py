"""Pictures of the data: samples of each class, and one product as the numbers it is made of."""

from __future__ import annotations

import numpy as np

from homespun.article.figures.canvas import INK, MUTED, Drawing, bare, new_figure
from homespun.data.dataset import Dataset
from homespun.report.figures import sample_grid
from homespun.types import ByteArray


def samples(data: Dataset) -> Drawing:
    """Draw the first twelve samples of each class of `data`, a row a class."""
    names = ", ".join(data.class_names)
    return Drawing(sample_grid(data), f"Grid of products, a row a class: {names}.")


def pixel_matrix(image: ByteArray, name: str) -> Drawing:
    """Draw `image` (height, width) with a colour bar, and beside it the number of each pixel."""
    figure = new_figure(12, 6.2)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.55])
    shown = left.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    left.set_title(name, color=INK)
    left.tick_params(labelsize=8, colors=MUTED)
    scale = figure.colorbar(shown, ax=left, shrink=0.6)
    scale.set_label("pixel value", color=MUTED)
    scale.ax.tick_params(labelsize=8, colors=MUTED)
    # Paler than the picture, so that dark numbers stay readable on it.
    right.imshow(255 - image * 0.45, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    bare(right)
    for (row, column), value in np.ndenumerate(image):
        # Inside its cell a number cannot widen the layout, so it need not be measured for it.
        right.text(
            column, row, str(value), ha="center", va="center", fontsize=6.5,
            color=INK if value else "#9aa5b1", in_layout=False,
        )  # fmt: skip
    right.set_title("the same product as the network gets it, row after row", color=INK)
    alt = f"{name}, in grey with a colour bar, and as a matrix of {image.size} numbers, 0 to 255."
    return Drawing(figure, alt)
