"""Weights as MLPClassifier shows them: a matrix and a vector for each dense layer, on raw X."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homespun.models import Model
from homespun.nn import GELU, Chain, Dense, Dropout, Flatten, Layer, ReLU, Sigmoid, Tanh
from homespun.types import FloatArray, Params

_WITHOUT_WEIGHTS = (Dropout, Flatten, GELU, ReLU, Sigmoid, Tanh)


def dense_weights(model: Model) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return the W (n_in, n_out) and b (n_out,) of each dense layer, the first for raw features.

    The network sees scaled features; here the scaling is part of the first layer instead.

    Raises:
        AttributeError: the network has other layers with weights, so that these would mislead.
    """
    coefs, intercepts = [], []
    for layer, params in _walk(model.network, model.parameters.views):
        coefs.append(params["W"].copy())
        intercepts.append(params["b"].copy() if layer.bias else np.zeros_like(params["W"][0]))
    n_pixels = len(coefs[0]) // len(model.scaling.mean)
    mean, std = (np.tile(v, n_pixels) for v in (model.scaling.mean, model.scaling.std))
    folded = coefs[0] / std[:, np.newaxis]
    intercepts[0] = (intercepts[0] - mean @ folded).astype(coefs[0].dtype)
    coefs[0] = folded.astype(coefs[0].dtype)
    return coefs, intercepts


def n_weighted_layers(model: Model) -> int:
    """Return how many layers have weights that decay: dense ones and convolutions."""
    return sum(name.split(".")[-1] == "W" for name in model.parameters.named())


def _walk(network: Layer, params: Params) -> Iterator[tuple[Dense, Params]]:
    if isinstance(network, Chain):
        for i, layer in enumerate(network.layers):
            yield from _walk(layer, params[str(i)])
    elif isinstance(network, Dense):
        yield network, params
    elif not isinstance(network, _WITHOUT_WEIGHTS):
        raise AttributeError(
            f"coefs_ and intercepts_ are there for dense layers alone, and the network has "
            f"{type(network).__name__}; model_.parameters.named() has all weights by name"
        )
