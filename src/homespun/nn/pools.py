"""Pools: fewer places, each saying what was there around it, so that small shifts matter less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from homespun.errors import SettingError, ShapeError
from homespun.nn.layer import Backward
from homespun.types import FloatArray, Params, Shape


@dataclass(frozen=True)
class MaxPool2D:
    """(batch, height, width, n) -> (batch, height // size, width // size, n): the largest of each.

    Tiles of size x size places lie side by side; rows and columns that fill no tile are left out.
    Among equals the first one, by rows, gets the gradient.
    """

    size: int = 2

    def __post_init__(self) -> None:
        if self.size < 1:
            raise SettingError(f"MaxPool2D: size must be at least 1, got {self.size}")

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no parameters and the smaller shape."""
        return {}, _pooled_shape(self, in_shape, self.size)

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the largest number of each tile."""
        first, *others = _corners(x, self.size)
        y = first.copy()
        for corner in others:
            np.maximum(y, corner, out=y)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            dx = _empty_like(x, self.size)
            waiting = np.ones(y.shape, bool)  # tiles whose largest number is not found yet
            for corner, dcorner in zip(
                _corners(x, self.size), _corners(dx, self.size), strict=True
            ):
                found = corner == y
                found &= waiting
                waiting ^= found
                np.multiply(dy, found, out=dcorner)
            return dx

        return y, backward


@dataclass(frozen=True)
class AvgPool2D:
    """(batch, height, width, n) -> (batch, height // size, width // size, n): each tile's mean.

    Tiles of size x size places lie side by side; rows and columns that fill no tile are left out.
    """

    size: int = 2

    def __post_init__(self) -> None:
        if self.size < 1:
            raise SettingError(f"AvgPool2D: size must be at least 1, got {self.size}")

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no parameters and the smaller shape."""
        return {}, _pooled_shape(self, in_shape, self.size)

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the mean of each tile."""
        first, *others = _corners(x, self.size)
        y = first.copy()
        for corner in others:
            y += corner
        y /= self.size**2

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            dx = _empty_like(x, self.size)
            share = dy / self.size**2
            for corner in _corners(dx, self.size):
                corner[...] = share
            return dx

        return y, backward


@dataclass(frozen=True)
class GlobalAvgPool:
    """(batch, height, width, n) -> (batch, n): the mean over all places."""

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no parameters; the places are gone."""
        return {}, in_shape[2:]

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the mean over all places."""
        share = x.dtype.type(1 / (x.shape[1] * x.shape[2]))

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            dx = np.empty_like(x)
            dx[...] = (dy * share)[:, np.newaxis, np.newaxis]
            return dx

        return x.sum(axis=(1, 2)) * share, backward


@dataclass(frozen=True)
class GlobalMaxPool:
    """(batch, height, width, n) -> (batch, n): the largest over all places.

    Among equals the first one, by rows, gets the gradient.
    """

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no parameters; the places are gone."""
        return {}, in_shape[2:]

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the largest number over all places."""
        places = x.reshape(len(x), -1, x.shape[3])
        y: FloatArray = places.max(axis=1)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            winner = places.argmax(axis=1)[:, np.newaxis]
            dx = np.zeros_like(places)
            np.put_along_axis(dx, winner, dy[:, np.newaxis], axis=1)
            return dx.reshape(x.shape)

        return y, backward


def _pooled_shape(layer: object, in_shape: Shape, size: int) -> Shape:
    if len(in_shape) != 3 or min(in_shape[:2]) < size:
        raise ShapeError(
            f"{layer}: expected (batch, height, width, n), at least {size} high and wide, "
            f"got (batch, {', '.join(map(str, in_shape))})"
        )
    return (in_shape[0] // size, in_shape[1] // size, in_shape[2])


def _corners(x: FloatArray, size: int) -> Iterator[FloatArray]:
    """Yield, for each place within a tile, a view of what all tiles have there."""
    height, width = (n // size * size for n in x.shape[1:3])
    for i in range(size):
        for j in range(size):
            yield x[:, i:height:size, j:width:size]


def _empty_like(x: FloatArray, size: int) -> FloatArray:
    """Return room for dx: zero where rows or columns fill no tile, undefined elsewhere."""
    fits = x.shape[1] % size == 0 == x.shape[2] % size
    return np.empty_like(x) if fits else np.zeros_like(x)
