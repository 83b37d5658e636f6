"""First-layer filters: what the network looks for in the pixels themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from homespun.report.figures.mosaic import columns_for, wall
from homespun.report.plotting import bare, new_figure
from homespun.types import ByteArray, FloatArray, Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 60
"""Filters that are shown."""

_COLUMNS = 12
_MIDDLE = 128
_GAP = 0
"""A number that no filter has: theirs go from 1 to 255."""


def filters(W: FloatArray, in_shape: Shape) -> Figure:
    """Return the 60 heaviest filters of a first layer as pictures: red adds, blue takes away.

    Args:
        W: (height * width * channel, n_out) of a dense layer, or (kernel height, kernel width,
            channel, n_out) of a convolution.
        in_shape: (height, width, channel) of the pictures.
    """
    kernels = _as_grey(W, in_shape)
    grey = wall(kernels, columns_for(len(kernels), _COLUMNS), gap=1, background=_GAP)
    figure = new_figure(6.4, 6.4 * grey.shape[0] / grey.shape[1])
    axes = figure.subplots()
    shown = np.ma.masked_equal(grey[..., 0], _GAP)  # the page shows through between them
    axes.imshow(shown, cmap="RdBu_r", vmin=1, vmax=255, interpolation="nearest")
    bare(axes)
    return figure


def _as_grey(W: FloatArray, in_shape: Shape) -> ByteArray:
    """Return (n, height, width, 1): filters summed over channels, 128 is zero, heaviest first."""
    kernels = W if W.ndim == 4 else W.reshape(*in_shape, -1)
    kernels = np.moveaxis(kernels.sum(axis=2), -1, 0)
    heaviest = np.argsort(-(kernels**2).sum(axis=(1, 2)), kind="stable")[:MOST]
    kernels = kernels[heaviest]
    largest = np.maximum(np.abs(kernels).max(axis=(1, 2), keepdims=True), 1e-12)
    grey: ByteArray = (_MIDDLE + 127 * kernels / largest).round().astype(np.uint8)
    return grey[..., np.newaxis]
