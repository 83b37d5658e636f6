"""Correlations of pictures with windows of weights, by the fastest way that there is for them.

The definition, read as matrix products, is `windows.py`; `winograd.py` does the usual 3x3 window
with half of the products. All functions take x (batch, height, width, n_in) and W (*kernel, n_in,
n_out), and the results of both ways agree to about a millionth.
"""

from __future__ import annotations

from homespun.nn import windows, winograd
from homespun.nn.windows import Pair
from homespun.types import FloatArray, Shape

_FEW = 3
"""With fewer input channels, or fewer rows, its sums cost more than the products it saves."""

_LITTLE = 4_000_000
"""With fewer multiply-adds, one picture's in a small network, its many steps cost more."""


def correlate(x: FloatArray, W: FloatArray, stride: Pair, padding: Pair) -> FloatArray:
    """Return y (batch, out_height, out_width, n_out): at each place, window times weights."""
    if _suits_winograd(x.shape, W.shape, stride, padding):
        return winograd.correlate(x, W)
    return windows.correlate(x, W, stride, padding)


def kernel_gradient(
    x: FloatArray, dy: FloatArray, kernel: Pair, stride: Pair, padding: Pair
) -> FloatArray:
    """Return dW (*kernel, n_in, n_out) for the gradient dy of `correlate`'s result."""
    if _suits_winograd(x.shape, (*kernel, x.shape[3], dy.shape[3]), stride, padding):
        return winograd.kernel_gradient(x, dy)
    return windows.kernel_gradient(x, dy, kernel, stride, padding)


def correlate_back(
    dy: FloatArray, W: FloatArray, in_shape: Shape, stride: Pair, padding: Pair
) -> FloatArray:
    """Return dx of shape `in_shape` for the gradient dy of `correlate`'s result."""
    n_in, n_out = W.shape[2:]
    if _suits_winograd(dy.shape, (*W.shape[:2], n_out, n_in), stride, padding):
        return winograd.correlate(dy, windows.mirrored(W))
    return windows.correlate_back(dy, W, in_shape, stride, padding)


def _suits_winograd(x: Shape, W: Shape, stride: Pair, padding: Pair) -> bool:
    """Return whether it can take pictures and weights of these shapes, and is faster."""
    n, height, width, n_in = x
    is_usual = (*W[:2], *stride, *padding) == (3, 3, 1, 1, 1, 1)
    multiply_adds = n * height * width * 9 * n_in * W[3]
    return is_usual and min(height, n_in) >= _FEW and multiply_adds >= _LITTLE
