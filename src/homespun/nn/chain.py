"""Chain: layers one after another, which is what most people mean by a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.nn.layer import Backward, Layer, no_input_gradient
from homespun.types import FloatArray, Params, Shape


@dataclass(frozen=True, init=False)
class Chain:
    """The shape of its first layer's input -> the shape of its last layer's output.

    The params of layer i stand under the name str(i).
    """

    layers: tuple[Layer, ...]

    def __init__(self, *layers: Layer) -> None:
        object.__setattr__(self, "layers", layers)

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw the parameters of each layer, in order."""
        params = {}
        shape = in_shape
        for i, layer in enumerate(self.layers):
            params[str(i)], shape = layer.init(rng, shape)
        return params, shape

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Go through the layers in order."""
        ways_back: list[tuple[str, Backward]] = []
        for i, layer in enumerate(self.layers):
            x, way_back = layer.forward(params[str(i)], x, train=train, rng=rng)
            ways_back.append((str(i), way_back))

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            first = 0 if need_dx else _first_with_params(grads)
            for i in reversed(range(first, len(ways_back))):
                name, way_back = ways_back[i]
                dy = way_back(dy, grads[name], need_dx or i > first)
            return dy if need_dx else no_input_gradient()

        return x, backward


def forward_only(
    layer: Layer, params: Params, x: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return what `layer` gives for x in prediction; each way back is let go at once.

    A way back holds what its layer needs of the way forward. Dropped before the next layer begins,
    it leaves its memory to that one, while it is still in cache. A chain inside of another layer,
    such as Residual, keeps its own until that layer is through.
    """
    if not isinstance(layer, Chain):
        return layer.forward(params, x, train=False, rng=rng)[0]
    for i, part in enumerate(layer.layers):
        x = forward_only(part, params[str(i)], x, rng)
    return x


def _first_with_params(grads: Params) -> int:
    """Return the index of the first layer that has a gradient to compute."""
    return next((i for i, part in enumerate(grads.values()) if part), len(grads))
