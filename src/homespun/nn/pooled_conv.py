"""The first layer of a convolutional network: convolution and pool in one, without the map between.

A picture's first map is the largest of all and its windows are the smallest, so the time goes into
moving numbers. Here the four maps of which a pool takes the largest are made one after the other,
each a quarter as large and in cache, from one matrix of the pixels that a pool's windows cover.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from homespun.errors import ShapeError
from homespun.nn.channels import sum_by_channel
from homespun.nn.conv import Conv2D
from homespun.nn.correlation import correlate_back
from homespun.nn.initializers import Initializer, he_normal
from homespun.nn.layer import Backward, no_input_gradient
from homespun.nn.windows import output_size, pad
from homespun.types import FloatArray, Params, Shape

_SIZE = 2
_CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))


@dataclass(frozen=True)
class PooledConv2D:
    """(batch, height, width, n_in) -> (batch, out_height // 2, out_width // 2, n_out).

    The same as Conv2D with stride 1 followed by MaxPool2D, which is its readable form; faster where
    there are few input channels. Among equals the first one of a tile, by rows, gets the gradient.

    Attributes:
        n_out: how many outputs at each place.
        kernel: height and width of the window.
        padding: rows of zeros above and below, columns of zeros left and right.
        bias: whether b (n_out,) is there.
        initializer: how W (*kernel, n_in, n_out) is drawn; b starts at zero.
    """

    n_out: int
    kernel: tuple[int, int] = (3, 3)
    padding: tuple[int, int] = (1, 1)
    bias: bool = True
    initializer: Initializer = he_normal

    def __post_init__(self) -> None:
        self._convolution()  # refuses what a convolution refuses

    def _convolution(self) -> Conv2D:
        return Conv2D(self.n_out, self.kernel, (1, 1), self.padding, self.bias, self.initializer)

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw W and a zero b, as Conv2D does."""
        params, (height, width, n_out) = self._convolution().init(rng, in_shape)
        if min(height, width) < _SIZE:
            raise ShapeError(
                f"PooledConv2D({self.n_out}): a map of {height} x {width} is too small to be pooled"
            )
        return params, (height // _SIZE, width // _SIZE, n_out)

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the largest of four neighbouring weighted sums, at every second place."""
        W = params["W"]
        if x.ndim != 4 or x.shape[3] != W.shape[2]:
            raise ShapeError(
                f"PooledConv2D({self.n_out}): expected (batch, height, width, {W.shape[2]}), "
                f"got {x.shape}"
            )
        flat_W = W.reshape(-1, self.n_out)
        windows = list(_windows_by_corner(pad(x, self.padding), self.kernel))
        parts = [matrix.T @ flat_W for matrix in windows]
        largest = np.maximum(parts[0], parts[1])
        for part in parts[2:]:
            np.maximum(largest, part, out=largest)
        y = largest.reshape(len(x), *self._out_size(x.shape), self.n_out)
        if self.bias:
            y = y + params["b"]

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            flat_dy = dy.reshape(-1, self.n_out)
            dW = grads["W"].reshape(-1, self.n_out)
            if self.bias:
                grads["b"] += sum_by_channel(dy)
            dparts = []
            waiting = np.ones(largest.shape, bool)  # tiles whose largest sum is not found yet
            for matrix, part in zip(windows, parts, strict=True):
                found = part == largest
                found &= waiting
                waiting ^= found
                dparts.append(flat_dy * found)
                dW += matrix @ dparts[-1]
            if not need_dx:
                return no_input_gradient()
            return self._input_gradient(W, x.shape, dy.shape, dparts)

        return y, backward

    def _map_size(self, x_shape: Shape) -> tuple[int, int]:
        """Return height and width of the map that is pooled."""
        return output_size((x_shape[1], x_shape[2]), self.kernel, (1, 1), self.padding)

    def _out_size(self, x_shape: Shape) -> tuple[int, int]:
        height, width = self._map_size(x_shape)
        return height // _SIZE, width // _SIZE

    def _input_gradient(
        self, W: FloatArray, x_shape: Shape, y_shape: Shape, dparts: list[FloatArray]
    ) -> FloatArray:
        dmap = np.zeros((x_shape[0], *self._map_size(x_shape), self.n_out), W.dtype)
        height, width = (_SIZE * n for n in y_shape[1:3])
        for (i, j), dpart in zip(_CORNERS, dparts, strict=True):
            dmap[:, i:height:_SIZE, j:width:_SIZE] = dpart.reshape(y_shape)
        return correlate_back(dmap, W, x_shape, (1, 1), self.padding)


def _windows_by_corner(padded: FloatArray, kernel: tuple[int, int]) -> Iterator[FloatArray]:
    """Yield, for each corner of the tiles, the windows there: (numbers a window, n_places).

    Together the windows of a tile cover kernel + 1 rows and columns; these are copied once, number
    by number, and each corner takes its own.
    """
    n, height, width, n_in = padded.shape
    down, across = kernel
    last_row, last_column = (
        (size - k + 1) // _SIZE * _SIZE for size, k in zip((height, width), kernel, strict=True)
    )
    places = (n, last_row // _SIZE, last_column // _SIZE)
    covered = np.empty((down + 1, across + 1, n_in, *places), padded.dtype)
    for i in range(down + 1):
        for j in range(across + 1):
            numbers = padded[:, i : i + last_row : _SIZE, j : j + last_column : _SIZE]
            covered[i, j] = numbers.transpose(3, 0, 1, 2)
    for i, j in _CORNERS:
        window = covered[i : i + down, j : j + across]
        yield window.reshape(down * across * n_in, -1)
