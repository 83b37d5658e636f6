"""What a network costs, layer by layer: weights, multiply-adds, memory and time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from statistics import median

import numpy as np

from homespun.nn import Chain, Layer, Parameters, PooledConv2D, Residual, named_arrays, shapes_of
from homespun.training import Workers
from homespun.types import FloatArray, Shape

_ROUNDS = 5


@dataclass(frozen=True)
class LayerCost:
    """One layer in a network.

    Attributes:
        name: the layer, as it is written in Python.
        depth: how many containers it stands in.
        in_shape: the shape of a picture on its way in.
        out_shape: and on its way out.
        weights: how many numbers it has to learn.
        macs: multiplications with a weight for each picture, forward.
        memory: bytes of its output for a shard, in float32.
        share: its part of the time of a training step on one thread, forward and back.
    """

    name: str
    depth: int
    in_shape: Shape
    out_shape: Shape
    weights: int
    macs: int
    memory: int
    share: float


def summarise(network: Layer, in_shape: Shape, shard_size: int = 16) -> list[LayerCost]:
    """Return a row for each layer that is no container, in order.

    Args:
        network: what is summarised.
        in_shape: (height, width, channel) of the pictures.
        shard_size: pictures that one thread takes through the network at a time.

    Raises:
        ShapeError: the network cannot take pictures of this shape.
    """
    places = list(_places(network, in_shape, 0))
    with Workers(1):
        seconds = [_seconds(layer, shape, shard_size) for layer, shape, _ in places]
    rows = []
    for (layer, shape, depth), spent in zip(places, seconds, strict=True):
        params, out_shape = shapes_of(layer, shape)
        arrays = named_arrays(params)
        learnt = [array for name, array in arrays.items() if not name.startswith("running_")]
        rows.append(
            LayerCost(
                name=_in_short(layer),
                depth=depth,
                in_shape=shape,
                out_shape=out_shape,
                weights=sum(array.size for array in learnt),
                macs=_macs(layer, shape),
                memory=4 * shard_size * math.prod(out_shape),
                share=spent / sum(seconds),
            )
        )
    return rows


def count_macs(network: Layer, in_shape: Shape) -> int:
    """Return the multiplications with a weight that one picture takes, forward."""
    return sum(_macs(layer, shape) for layer, shape, _ in _places(network, in_shape, 0))


def _macs(layer: Layer, in_shape: Shape) -> int:
    """Return the multiplications with a weight in one layer that is no container."""
    params, out_shape = shapes_of(layer, in_shape)
    if "W" not in params:
        return 0
    tile = 4 if isinstance(layer, PooledConv2D) else 1  # so many sums are made for each one kept
    return int(params["W"].size * math.prod(out_shape[:-1]) * tile)


def _places(layer: Layer, shape: Shape, depth: int) -> Iterator[tuple[Layer, Shape, int]]:
    """Yield each layer that is no container, with the shape that reaches it and its depth."""
    if isinstance(layer, Residual):
        yield from _places(layer.layer, shape, depth + 1)
    elif isinstance(layer, Chain):
        for part in layer.layers:
            yield from _places(part, shape, depth)
            _, shape = shapes_of(part, shape)
    else:
        yield layer, shape, depth


def _in_short(layer: Layer) -> str:
    """Return the layer as it is written in Python, without settings that are the usual ones."""
    if not is_dataclass(layer):
        return repr(layer)
    settings = []
    for field in fields(layer):
        value = getattr(layer, field.name)
        if value != field.default:
            text = getattr(value, "__name__", repr(value))
            settings.append(text if field.default is MISSING else f"{field.name}={text}")
    return f"{type(layer).__name__}({', '.join(settings)})"


def _seconds(layer: Layer, in_shape: Shape, shard_size: int) -> float:
    rng = np.random.default_rng(0)
    parameters = Parameters(layer.init(rng, in_shape)[0])
    gradients = parameters.zeros_like()
    x: FloatArray = rng.standard_normal((shard_size, *in_shape), np.float32)
    seconds = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        y, backward = layer.forward(parameters.views, x, train=True, rng=rng)
        backward(y, gradients.views)
        seconds.append(time.perf_counter() - started)
    return median(seconds)
