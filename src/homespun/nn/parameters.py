"""All weights of a network in one flat vector, with named views on it.

Optimizers, averages, sums over threads, checkpoints and the weight hash each work on that one
buffer, and the layers see their own arrays in it. What is not trained but gathered on the way, such
as running means, lies in a second vector.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from homespun.errors import ShapeError
from homespun.types import Array, FloatArray, Params

Empty = Callable[[int, Any], FloatArray]


class Parameters:
    """The weights of one network.

    Attributes:
        vector: (n_weights,), every weight that is trained.
        running: (n_running,), every number whose name begins with `running_`. Where the object
            holds gradients, this is the sum of the changes that the layers ask for.
        whole: (n_weights + n_running,), both, one after the other; the same memory.
        views: the same memory as the layers know it, by name.
    """

    def __init__(self, params: Params, dtype: Any = np.float32, empty: Empty = np.empty) -> None:
        """Copy the arrays of `params` into new vectors, in the order of their names.

        Args:
            params: arrays by name, maybe in parts.
            dtype: the type of the vectors.
            empty: makes room for both of them, from a number of elements and their type.
        """
        arrays = named_arrays(params)
        n_weights = sum(array.size for name, array in arrays.items() if not _is_running(name))
        self.whole: FloatArray = empty(sum(array.size for array in arrays.values()), dtype)
        self.vector: FloatArray = self.whole[:n_weights]
        self.running: FloatArray = self.whole[n_weights:]
        self.views: Params = _lay_out(params, _Pieces(self.vector), _Pieces(self.running))
        self.load(arrays)

    def __reduce__(self) -> tuple[type[Parameters], tuple[Params, Any]]:
        """Let copies and pickles lay the weights out anew: views sent alone would stay alone."""
        return Parameters, (self.views, self.whole.dtype)

    def zeros_like(self, empty: Empty = np.empty) -> Parameters:
        """Return parameters of the same names and shapes that are all zero: room for gradients."""
        other = Parameters(self.views, self.whole.dtype, empty)
        other.clear()
        return other

    def clear(self) -> None:
        """Set every number to zero."""
        self.whole[:] = 0

    def with_vector(self, vector: FloatArray) -> Parameters:
        """Return a copy whose trained weights are those of `vector`."""
        other = Parameters(self.views, self.whole.dtype)
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
        """Return the SHA-256 of both vectors' bytes, little-endian, in hexadecimal."""
        little_endian = self.whole.astype(self.whole.dtype.newbyteorder("<"))
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


def _is_running(name: str) -> bool:
    return name.split(".")[-1].startswith("running_")


class _Pieces:
    """Hands out a vector piece by piece."""

    def __init__(self, vector: FloatArray) -> None:
        self._rest = vector

    def next_like(self, array: Array) -> FloatArray:
        piece, self._rest = np.split(self._rest, [array.size])
        return piece.reshape(array.shape)


def _lay_out(params: Params, trained: _Pieces, running: _Pieces) -> Params:
    """Return views in the structure of `params`: pieces of `trained`, or of `running` by name."""
    return {
        name: _lay_out(value, trained, running)
        if isinstance(value, dict)
        else (running if _is_running(name) else trained).next_like(value)
        for name, value in params.items()
    }
