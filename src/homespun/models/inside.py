"""What a network sees on its way: the outputs of its hidden layers, pooled over places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.nn import (
    GELU,
    Backward,
    Chain,
    Layer,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
    shapes_of,
)
from homespun.types import FloatArray, Params, Shape

_TELLING = (Chain, GELU, ReLU, Residual, Sigmoid, Tanh)
"""Layers whose output is a view of the picture of its own; the others only move numbers about."""

_MOST_HIDDEN = 4


def telling_layers(network: Layer) -> tuple[int, ...]:
    """Return which layers are looked at: at most four hidden ones, first to last, and the last.

    A network that is no chain keeps its insides to itself; then it is its output alone.
    """
    layers = _layers(network)
    hidden = [i for i, layer in enumerate(layers[:-1]) if isinstance(layer, _TELLING)]
    if len(hidden) > _MOST_HIDDEN:
        chosen = np.linspace(0, len(hidden) - 1, _MOST_HIDDEN).round().astype(int)
        hidden = [hidden[i] for i in chosen]
    return (*hidden, len(layers) - 1)


@dataclass(frozen=True)
class Inside:
    """(batch, height, width, channel) -> (batch, n): what some layers give, side by side.

    Of a layer that gives (height, width, n) it is the mean and the deviation over places, 2 n
    numbers; of one that gives n numbers, these. It only goes forward: a layer to ask, not to train.

    Attributes:
        network: whose layers are looked at; it shares its params.
        layers: their numbers in the chain, rising; 0 where the network is no chain.
    """

    network: Layer
    layers: tuple[int, ...]

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw the network's own parameters."""
        return self.network.init(rng, in_shape)[0], (sum(self.widths(in_shape)),)

    def widths(self, in_shape: Shape) -> list[int]:
        """Return how many numbers each of the layers gives."""
        widths, shape = [], in_shape
        for i, layer in enumerate(_layers(self.network)):
            _, shape = shapes_of(layer, shape)
            if i in self.layers:
                widths.append(2 * shape[-1] if len(shape) > 1 else shape[0])
        return widths

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return what the layers give."""
        inner = params if isinstance(self.network, Chain) else {"0": params}
        seen = []
        for i, layer in enumerate(_layers(self.network)):
            x = layer.forward(inner[str(i)], x, train=train, rng=rng)[0]
            if i in self.layers:
                seen.append(_pooled(x))

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            raise NotImplementedError("what a network sees is looked at, not trained")

        return np.concatenate(seen, axis=1), backward


def _layers(network: Layer) -> tuple[Layer, ...]:
    return network.layers if isinstance(network, Chain) else (network,)


def _pooled(x: FloatArray) -> FloatArray:
    if x.ndim == 2:
        return x
    places = x.reshape(len(x), -1, x.shape[-1])
    return np.concatenate([places.mean(axis=1), places.std(axis=1)], axis=1)
