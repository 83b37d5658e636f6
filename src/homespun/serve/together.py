"""Many pictures through a network at one time, each with the very bits that it would have alone.

In a stack of pictures the last bits of a matrix product depend on how many rows it has, since the
rows at its edge are computed another way. Then an answer would depend on who else asks at that
moment. So layers with products take one picture after another, and all that is done number by
number, which is most of the calls and half of the time, is done for the whole stack.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from homespun.models import Model
from homespun.nn import (
    GELU,
    Backward,
    BatchNorm,
    Chain,
    Dropout,
    Flatten,
    GlobalMaxPool,
    Layer,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Tanh,
)
from homespun.types import FloatArray, Params, Shape

_NUMBER_BY_NUMBER = (
    BatchNorm,
    Dropout,
    Flatten,
    GELU,
    GlobalMaxPool,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Tanh,
)


@dataclass(frozen=True)
class OneByOne:
    """(batch, ...) -> (batch, ...): what the layer gives for each picture alone; only forward.

    Attributes:
        layer: is called once for each picture.
    """

    layer: Layer

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw the layer's own parameters."""
        return self.layer.init(rng, in_shape)

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the layer's outputs, one below the other."""
        y = [
            self.layer.forward(params, x[i : i + 1], train=train, rng=rng)[0] for i in range(len(x))
        ]

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            raise NotImplementedError("answers are given, and nothing is trained by them")

        return np.concatenate(y), backward


def together(model: Model) -> Model:
    """Return the model as one whose answers to a stack are those to each picture alone."""
    network = model.network
    if not isinstance(network, Chain):
        return replace(model, network=OneByOne(network))
    layers = (
        layer if isinstance(layer, _NUMBER_BY_NUMBER) else OneByOne(layer)
        for layer in network.layers
    )
    return replace(model, network=Chain(*layers))
