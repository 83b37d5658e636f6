"""Naming the layer in which numbers stopped being finite, so that one knows where to look."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from homespun.nn import Chain, Layer, named_arrays
from homespun.types import Array, FloatArray, Params


def no_warnings() -> np.errstate:
    """Silence NumPy about numbers that overflow: the loss tells, and one error is enough."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")


def first_bad_layer(
    network: Layer, params: Params, x: FloatArray, rng: np.random.Generator
) -> str | None:
    """Return what first holds or gives a number that is not finite on the way of `x` forward.

    Layers are told apart in a Chain, and in a Chain within it; any other is named as a whole.

    Returns:
        a part of a sentence such as "layer 3 (Dense) gives it", or None if all is finite.
    """
    return None if not _all_finite({"": x}) else _walk(network, params, x, rng, ())[0]


def layer_of_last_bad(network: Layer, gradients: Params) -> str | None:
    """Return the layer nearest to the output whose gradient is not finite, or None.

    The way back goes from the output to the input, and what is not finite spoils all that follows.
    """
    bad = [name for name, g in named_arrays(gradients).items() if not np.isfinite(g).all()]
    if not bad:
        return None
    layer, path = network, bad[-1].split(".")
    place: tuple[str, ...] = ()
    while isinstance(layer, Chain) and path:
        place, layer = (*place, path[0]), layer.layers[int(path[0])]
        path = path[1:]
    return _name(layer, place)


def _walk(
    layer: Layer, params: Params, x: FloatArray, rng: np.random.Generator, place: tuple[str, ...]
) -> tuple[str | None, FloatArray]:
    """Return the verdict on this layer, and its output for the next one."""
    if isinstance(layer, Chain):
        verdict = None
        for i, inner in enumerate(layer.layers):
            verdict, x = _walk(inner, params[str(i)], x, rng, (*place, str(i)))
            if verdict:
                break
        return verdict, x
    y, _backward = layer.forward(params, x, train=True, rng=rng)
    if not _all_finite(named_arrays(params)):
        return f"{_name(layer, place)} has it among its weights", y
    return (None if _all_finite({"": y}) else f"{_name(layer, place)} gives it"), y


def _all_finite(arrays: Mapping[str, Array]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays.values())


def _name(layer: Layer, place: tuple[str, ...]) -> str:
    return f"layer {'.'.join(place)} ({type(layer).__name__})" if place else type(layer).__name__
