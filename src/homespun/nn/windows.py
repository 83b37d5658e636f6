"""Convolutions as matrix products: windows are copied into rows of a matrix, block by block.

This is the readable form, for any window; `correlation.py` knows when there is a faster one. A
block is as many pictures as keep that matrix in a core's own cache, so that the product finds its
input there. All functions take x (batch, height, width, n_in) and W (*kernel, n_in, n_out).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homespun.types import Array, FloatArray, Shape

Pair = tuple[int, int]

_BLOCK = 2**18
"""Numbers in the matrix of windows of one block, 1 MB in float32: products need some hundred rows
to be at full speed, and it should not be much larger than a core's own cache."""

_FEW_CHANNELS = 4
"""With fewer channels, windows are copied number by number and not window by window."""


def output_size(size: Pair, kernel: Pair, stride: Pair, padding: Pair) -> Pair:
    """Return how many places a window has, down and across."""
    height, width = (
        (n + 2 * p - k) // s + 1 for n, k, s, p in zip(size, kernel, stride, padding, strict=True)
    )
    return height, width


def correlate(x: FloatArray, W: FloatArray, stride: Pair, padding: Pair) -> FloatArray:
    """Return y (batch, out_height, out_width, n_out): at each place, window times weights."""
    view = _windows(pad(x, padding), W.shape[:2], stride)
    n, height, width = view.shape[:3]
    y = np.empty((n, height, width, W.shape[3]), x.dtype)
    flat_W = W.reshape(-1, W.shape[3])
    for block in _blocks(view):
        np.matmul(_rows(view[block]), flat_W, out=y[block].reshape(-1, W.shape[3]))
    return y


def kernel_gradient(
    x: FloatArray, dy: FloatArray, kernel: Pair, stride: Pair, padding: Pair
) -> FloatArray:
    """Return dW (*kernel, n_in, n_out) for the gradient dy of `correlate`'s result."""
    view = _windows(pad(x, padding), kernel, stride)
    n_in, n_out = x.shape[3], dy.shape[3]
    dW = np.zeros((kernel[0] * kernel[1] * n_in, n_out), x.dtype)
    for block in _blocks(view):
        dW += _rows(view[block]).T @ dy[block].reshape(-1, n_out)
    return dW.reshape(*kernel, n_in, n_out)


def correlate_back(
    dy: FloatArray, W: FloatArray, in_shape: Shape, stride: Pair, padding: Pair
) -> FloatArray:
    """Return dx of shape `in_shape` for the gradient dy of `correlate`'s result.

    With stride 1 it is a correlation of dy with the mirrored window, in and out swapped, which is a
    product like the forward one. With other strides each row of weights goes back to where it was.
    """
    kernel = W.shape[:2]
    if stride == (1, 1) and all(p < k for p, k in zip(padding, kernel, strict=True)):
        rest = (kernel[0] - 1 - padding[0], kernel[1] - 1 - padding[1])
        return correlate(dy, mirrored(W), (1, 1), rest)
    return scatter_back(dy, W, in_shape, stride, padding)


def mirrored(W: FloatArray) -> FloatArray:
    """Return the window (*kernel, n_out, n_in) that takes a gradient back where W came from."""
    return np.ascontiguousarray(W[::-1, ::-1].swapaxes(2, 3))


def scatter_back(
    dy: FloatArray, W: FloatArray, in_shape: Shape, stride: Pair, padding: Pair
) -> FloatArray:
    """Return what `correlate_back` does, as one reads it off the definition, for any stride."""
    n, height, width, n_in = in_shape
    (down, across), (top, left) = stride, padding
    padded = np.zeros((n, height + 2 * top, width + 2 * left, n_in), dy.dtype)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            rows = slice(i, i + down * dy.shape[1], down)
            columns = slice(j, j + across * dy.shape[2], across)
            padded[:, rows, columns] += dy @ W[i, j].T
    return np.ascontiguousarray(padded[:, top : top + height, left : left + width])


def pad(x: FloatArray, padding: Pair) -> FloatArray:
    """Return x with rows of zeros above and below, and columns of zeros left and right."""
    if padding == (0, 0):
        return x
    (top, left), (n, height, width, channels) = padding, x.shape
    padded = np.zeros((n, height + 2 * top, width + 2 * left, channels), x.dtype)
    padded[:, top : top + height, left : left + width] = x
    return padded


def _windows(x: FloatArray, kernel: Pair, stride: Pair) -> Array:
    """Return a view (batch, out_height, out_width, *kernel, n_in) that copies nothing."""
    n, height, width, n_in = x.shape
    places = output_size((height, width), kernel, stride, (0, 0))
    by_n, by_row, by_column, by_channel = x.strides
    return np.lib.stride_tricks.as_strided(
        x,
        (n, *places, *kernel, n_in),
        (by_n, by_row * stride[0], by_column * stride[1], by_row, by_column, by_channel),
        writeable=False,
    )


def _rows(view: Array) -> FloatArray:
    """Return the windows of `view` as rows of a matrix (n_places, numbers a window)."""
    n_numbers = view[0, 0, 0].size
    if view.shape[5] >= _FEW_CHANNELS:
        return view.reshape(-1, n_numbers)
    # Copying window by window would move a few numbers at a time; place by place it moves whole
    # rows of the picture. BLAS takes the transposed matrix as it is.
    by_number = np.ascontiguousarray(view.transpose(3, 4, 5, 0, 1, 2))
    return by_number.reshape(n_numbers, -1).T


def _blocks(view: Array) -> Iterator[slice]:
    n = max(1, _BLOCK // max(1, view[0].size))
    return (slice(i, i + n) for i in range(0, len(view), n))
