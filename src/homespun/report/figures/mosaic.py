"""Many small pictures on one wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from homespun.report.plotting import bare, new_figure
from homespun.types import ByteArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def columns_for(n: int, most: int) -> int:
    """Return how many columns, `most` at most, fill the rows of `n` pictures evenly."""
    rows = max(1, -(-n // most))
    return max(1, -(-n // rows))


def wall(images: ByteArray, columns: int, gap: int = 2, background: int = 128) -> ByteArray:
    """Return pictures (n, height, width, channel) row by row as one, (height, width, channel)."""
    n, height, width, n_channels = images.shape
    rows = -(-n // columns)
    pitch = height + gap, width + gap
    whole = np.full((rows * pitch[0] + gap, columns * pitch[1] + gap, n_channels), background)
    for i, picture in enumerate(images):
        top, left = gap + i // columns * pitch[0], gap + i % columns * pitch[1]
        whole[top : top + height, left : left + width] = picture
    return whole.astype(np.uint8)


def mosaic(images: ByteArray, columns: int = 12) -> Figure:
    """Return the pictures (n, height, width, channel), uint8, in rows of `columns`; 0 is black."""
    whole = wall(images, columns_for(len(images), columns))
    figure = new_figure(6.4, 6.4 * whole.shape[0] / whole.shape[1])
    axes = figure.subplots()
    axes.imshow(whole.squeeze(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    bare(axes)
    return figure
