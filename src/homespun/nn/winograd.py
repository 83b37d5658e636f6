"""The 3x3 convolution with half of the products: Winograd's F(4, 3), down the picture.

Four rows of a result, one below the other, see six rows of the picture. Six sums of these six rows,
the points, meet six sums of the three rows of weights in six products, where the definition takes
twelve; the four rows are sums of those six. All these sums are matrix products themselves. Across
the picture the window stays what it is.

Nothing is copied into windows. Each row of points begins with one zero, which is also what the row
before it sees beyond its end. So the numbers of a window lie side by side in memory, and right
after them those of the third window to its right: all windows are the rows of three matrices.

The functions are those of `windows.py`, which is their readable form, for kernels of 3x3, stride 1
and padding 1. They take x (batch, height, width, n_in) and W (3, 3, n_in, n_out).

Source: Lavin and Gray, 2015, "Fast algorithms for convolutional neural networks", section 4.1 and
the matrices of section 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homespun.types import Array, FloatArray, Shape

_KERNEL = 3
_TILE = 4
"""Rows of a result that are made from the same points."""

_POINTS = 6
"""Sums for a tile; as many as it sees rows of the picture."""

_OF_PICTURE = np.array(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
)
"""The points of six rows of the picture (transposed B in the paper)."""

_OF_KERNEL = (
    np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
)
"""The points of three rows of weights (G)."""

_OF_GRADIENT = np.array(
    [[1, 0, 0, 0], [1, 1, 1, 1], [1, -1, 1, -1], [1, 2, 4, 8], [1, -2, 4, -8], [0, 0, 0, 1]]
)
"""The points of four rows of a gradient (A); transposed, four rows of a result from points."""

_BLOCK = 2**20
"""Numbers in the points of one block of pictures, 4 MB in float32: some ten pictures at least, for
products of some hundred rows, and no more memory than that for the largest pictures."""


def correlate(x: FloatArray, W: FloatArray) -> FloatArray:
    """Return y (batch, height, width, n_out): at each place, window times weights."""
    n_out = W.shape[3]
    kernel = (_OF_KERNEL.astype(x.dtype) @ W.reshape(_KERNEL, -1)).reshape(_POINTS, -1, n_out)
    y = np.empty((*x.shape[:3], n_out), x.dtype)
    for block in _blocks(x, n_out):
        seen = _points_of_picture(x[block])
        points = np.empty((_POINTS, seen.shape[1] - _KERNEL + 1, n_out), x.dtype)
        for first in range(_KERNEL):
            np.matmul(_windows(seen, first), kernel, out=points[:, first::_KERNEL])
        _add_up(points, y[block])
    return y


def kernel_gradient(x: FloatArray, dy: FloatArray) -> FloatArray:
    """Return dW (3, 3, n_in, n_out) for the gradient dy of `correlate`'s result."""
    n_in, n_out = x.shape[3], dy.shape[3]
    dkernel = np.zeros((_POINTS, _KERNEL * n_in, n_out), x.dtype)
    for block in _blocks(x, n_out):
        seen, points = _points_of_picture(x[block]), _points_of_gradient(dy[block])
        for first in range(_KERNEL):
            dkernel += _windows(seen, first).swapaxes(1, 2) @ points[:, first::_KERNEL]
    dW = _OF_KERNEL.T.astype(x.dtype) @ dkernel.reshape(_POINTS, -1)
    return dW.reshape(_KERNEL, _KERNEL, n_in, n_out)


def _points_of_picture(x: FloatArray) -> FloatArray:
    """Return (6, places + 2, n_in): for each row of tiles a zero, then a place for each column."""
    height = x.shape[1]
    points, tiles = _room(x.shape, x.dtype, _KERNEL - 1)
    tiles[:, :, :, 0] = 0
    for i in range(tiles.shape[2]):
        top = _TILE * i - 1
        rows = slice(max(0, top), min(height, top + _POINTS))  # zeros lie beyond
        matrix = _OF_PICTURE[:, rows.start - top : rows.stop - top].astype(x.dtype)
        np.matmul(matrix, _lines(x[:, rows]), out=_lines(tiles[:, :, i, 1:].swapaxes(0, 1)))
    return points


def _points_of_gradient(dy: FloatArray) -> FloatArray:
    """Return (6, places, n_out): for each row of tiles a place for each column, then a zero."""
    width = dy.shape[2]
    points, tiles = _room(dy.shape, dy.dtype)
    tiles[:, :, :, width] = 0
    for i, rows in enumerate(_rows_by_tile(dy.shape[1])):
        matrix = _OF_GRADIENT[:, : rows.stop - rows.start].astype(dy.dtype)
        np.matmul(matrix, _lines(dy[:, rows]), out=_lines(tiles[:, :, i, :width].swapaxes(0, 1)))
    return points


def _add_up(points: FloatArray, y: FloatArray) -> None:
    """Write into y what its points (6, places, n_out) come to."""
    width = y.shape[2]
    tiles = _tiles(points, y.shape)
    for i, rows in enumerate(_rows_by_tile(y.shape[1])):
        matrix = _OF_GRADIENT[:, : rows.stop - rows.start].T.astype(y.dtype)
        np.matmul(matrix, _lines(tiles[:, :, i, :width].swapaxes(0, 1)), out=_lines(y[:, rows]))


def _windows(seen: FloatArray, first: int) -> FloatArray:
    """Return (6, n_windows, 3 n_in): from place `first`, every third window, and nothing copied."""
    end = seen.shape[1] - _KERNEL + 1 + first
    return seen[:, first:end].reshape(_POINTS, -1, _KERNEL * seen.shape[2])


def _room(shape: Shape, dtype: np.dtype, extra: int = 0) -> tuple[FloatArray, FloatArray]:
    """Return an array for the points of pictures of this shape, and its view by tiles.

    What makes the places up to whole windows, and `extra` ones, is zero; the others are undefined.
    """
    n, height, width, channels = shape
    n_places = n * -(-height // _TILE) * (width + 1)
    points = np.empty((_POINTS, -(-n_places // _KERNEL) * _KERNEL + extra, channels), dtype)
    points[:, n_places:] = 0
    return points, _tiles(points, shape)


def _tiles(points: FloatArray, shape: Shape) -> FloatArray:
    """Return a view (6, batch, tiles, width + 1, channels) of the points of pictures."""
    n, height, width, _ = shape
    n_tiles = -(-height // _TILE)
    places = points[:, : n * n_tiles * (width + 1)]
    return places.reshape(_POINTS, n, n_tiles, width + 1, points.shape[2])


def _lines(rows: FloatArray) -> Array:
    """Return a view (batch, rows, width * channels) of (batch, rows, width, channels)."""
    return rows.reshape(*rows.shape[:2], rows.shape[2] * rows.shape[3])


def _rows_by_tile(height: int) -> Iterator[slice]:
    return (slice(i, min(height, i + _TILE)) for i in range(0, height, _TILE))


def _blocks(x: FloatArray, n_out: int) -> Iterator[slice]:
    _, height, width, n_in = x.shape
    a_picture = _POINTS * -(-height // _TILE) * (width + 1) * (n_in + n_out)
    n = max(1, _BLOCK // max(1, a_picture))
    return (slice(i, i + n) for i in range(0, len(x), n))
