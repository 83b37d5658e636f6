"""All weights of a network in one flat vector, with named views on it.

Optimizers, averages, sums over threads, checkpoints and the weight hash each work on that one
buffer, and the layers see their own arrays in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from homespun.errors import ShapeError
from homespun.types import Array, FloatArray, Params


class Parameters:
    """The weights of one network.

    Attributes:
        vector: (n_weights,), every weight.
        views: the same memory as the layers know it, by name.
    """

    def __init__(self, params: Params, dtype: Any = np.float32) -> None:
        """Copy the arrays of `params` into a new vector, in the order of their names."""
        arrays = named_arrays(params)
        self.vector: FloatArray = np.empty(sum(a.size for a in arrays.values()), dtype)
        self.views: Params = _lay_out(params, self.vector)
        self.load(arrays)

    def zeros_like(self) -> Parameters:
        """Return parameters of the same names and shapes that are all zero: room for gradients."""
        other = Parameters(self.views, self.vector.dtype)
        other.vector[:] = 0
        return other

    def with_vector(self, vector: FloatArray) -> Parameters:
        """Return parameters of the same names and shapes that hold a copy of `vector`."""
        other = Parameters(self.views, self.vector.dtype)
        other.vector[:] = vector
        return other

    def named(self) -> dict[str, Array]:
        """Return each array under its full name, such as '2.W' for the W of layer 2."""
        return named_arrays(self.views)

    def decayed(self) -> FloatArray:
        """Return (n_weights,): 1 where penalties and weight decay act, 0 at biases and the like."""
        mask = self.zeros_like()
        for name, view in mask.named().items():
            view[...] = name.split(".")[-1] == "W"
        return mask.vector

    def weight_hash(self) -> str:
        """Return the SHA-256 of the vector's bytes, little-endian, in hexadecimal."""
        little_endian = self.vector.astype(self.vector.dtype.newbyteorder("<"))
        return hashlib.sha256(little_endian.tobytes()).hexdigest()

    def load(self, arrays: Mapping[str, Array]) -> None:
        """Take over the values of `arrays`, which must have these names and shapes.

        Raises:
            ShapeError: a name is missing or too many, or a shape differs.
        """
        own = self.named()
        if own.keys() != arrays.keys():
            odd = ", ".join(sorted(own.keys() ^ arrays.keys()))
            raise ShapeError(f"the network and the stored weights differ in these names: {odd}")
        for name, view in own.items():
            if view.shape != arrays[name].shape:
                raise ShapeError(f"{name}: expected shape {view.shape}, got {arrays[name].shape}")
            view[...] = arrays[name]


def named_arrays(params: Params) -> dict[str, Array]:
    """Return each array of `params` under its full name: parts' names joined by dots."""
    return dict(_walk(params, ""))


def _walk(params: Params, prefix: str) -> Iterator[tuple[str, Array]]:
    for name, value in params.items():
        if isinstance(value, dict):
            yield from _walk(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _lay_out(params: Params, vector: FloatArray) -> Params:
    """Return views on consecutive pieces of `vector` in the structure of `params`."""
    start = 0

    def place(value: Any) -> Any:
        nonlocal start
        if isinstance(value, dict):
            return {name: place(part) for name, part in value.items()}
        start += value.size
        return vector[start - value.size : start].reshape(value.shape)

    views: Params = place(params)
    return views
