"""The same network in PyTorch, layer by layer and with the same weights.

So what is compared is the same network on both sides because of how it is made, and not because two
descriptions happen to agree. PyTorch's pictures are (batch, channel, height, width), ours
(batch, height, width, channel).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from homespun import nn
from homespun.nn import shapes_of
from homespun.types import Array, Params, Shape


class FlattenAsOurs(torch.nn.Module):
    """(batch, channel, height, width) -> (batch, height * width * channel), in our order."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the rows."""
        return x.permute(0, 2, 3, 1).flatten(1)


class Residual(torch.nn.Module):
    """y = x + layer(x)."""

    def __init__(self, layer: torch.nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x + layer(x)."""
        y: torch.Tensor = x + self.layer(x)
        return y


def torch_twin(layer: nn.Layer, params: Params, in_shape: Shape) -> torch.nn.Module:
    """Return the module that computes what `layer` computes with `params`.

    Raises:
        TypeError: there is no twin of such a layer here.
    """
    make = _TWINS.get(type(layer))
    if make is None:
        raise TypeError(f"{type(layer).__name__} has no twin in benchmarks/twins.py")
    return make(layer, params, in_shape)


def channels_first(array: Array) -> torch.Tensor:
    """(batch, height, width, channel) -> (batch, channel, height, width); rows stay as they are."""
    if array.ndim == 4:
        array = array.transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(array))


def channels_last(tensor: torch.Tensor) -> Array:
    """Return what `channels_first` was given."""
    array: Array = tensor.detach().numpy()
    return array.transpose(0, 2, 3, 1) if array.ndim == 4 else array


def kernel_first(W: Array) -> Array:
    """(*kernel, n_in, n_out) -> (n_out, n_in, *kernel); (n_in, n_out) -> (n_out, n_in)."""
    return W.transpose(3, 2, 0, 1) if W.ndim == 4 else W.T


def _fill(module: torch.nn.Module, **arrays: Array) -> torch.nn.Module:
    with torch.no_grad():
        for name, array in arrays.items():
            getattr(module, name).copy_(torch.from_numpy(np.ascontiguousarray(array)))
    return module


def _chain(layer: nn.Chain, params: Params, shape: Shape) -> torch.nn.Module:
    modules = []
    for i, part in enumerate(layer.layers):
        modules.append(torch_twin(part, params[str(i)], shape))
        _, shape = shapes_of(part, shape)
    return torch.nn.Sequential(*modules)


def _weights(params: Params) -> dict[str, Array]:
    weights = {"weight": kernel_first(params["W"])}
    return weights | ({"bias": params["b"]} if "b" in params else {})


def _dense(layer: nn.Dense, params: Params, shape: Shape) -> torch.nn.Module:
    return _fill(torch.nn.Linear(shape[0], layer.n_out, layer.bias), **_weights(params))


def _conv(layer: Any, params: Params, shape: Shape) -> torch.nn.Module:
    stride = getattr(layer, "stride", (1, 1))
    module = torch.nn.Conv2d(
        shape[2], layer.n_out, layer.kernel, stride, layer.padding, bias=layer.bias
    )
    return _fill(module, **_weights(params))


def _pooled_conv(layer: nn.PooledConv2D, params: Params, shape: Shape) -> torch.nn.Module:
    return torch.nn.Sequential(_conv(layer, params, shape), torch.nn.MaxPool2d(2))


def _batch_norm(layer: nn.BatchNorm, params: Params, shape: Shape) -> torch.nn.Module:
    kind = torch.nn.BatchNorm2d if len(shape) == 3 else torch.nn.BatchNorm1d
    return _fill(
        kind(shape[-1], eps=layer.epsilon, momentum=1 - layer.momentum),
        weight=params["gamma"],
        bias=params["beta"],
        running_mean=params["running_mean"],
        running_var=params["running_var"],
    )


def _global(pool: torch.nn.Module) -> torch.nn.Module:
    return torch.nn.Sequential(pool, torch.nn.Flatten())


_TWINS: dict[type, Callable[[Any, Params, Shape], torch.nn.Module]] = {
    nn.Chain: _chain,
    nn.Residual: lambda layer, params, shape: Residual(torch_twin(layer.layer, params, shape)),
    nn.Dense: _dense,
    nn.Conv2D: _conv,
    nn.PooledConv2D: _pooled_conv,
    nn.BatchNorm: _batch_norm,
    nn.MaxPool2D: lambda layer, params, shape: torch.nn.MaxPool2d(layer.size),
    nn.AvgPool2D: lambda layer, params, shape: torch.nn.AvgPool2d(layer.size),
    nn.GlobalMaxPool: lambda layer, params, shape: _global(torch.nn.AdaptiveMaxPool2d(1)),
    nn.GlobalAvgPool: lambda layer, params, shape: _global(torch.nn.AdaptiveAvgPool2d(1)),
    nn.Flatten: lambda layer, params, shape: FlattenAsOurs(),
    nn.Dropout: lambda layer, params, shape: torch.nn.Dropout(layer.rate),
    nn.ReLU: lambda layer, params, shape: torch.nn.ReLU(),
    nn.Sigmoid: lambda layer, params, shape: torch.nn.Sigmoid(),
    nn.Tanh: lambda layer, params, shape: torch.nn.Tanh(),
    nn.GELU: lambda layer, params, shape: torch.nn.GELU(),
}


def multiply_adds(network: torch.nn.Module, in_shape: Shape) -> list[int]:
    """Return the multiplications with a weight a picture takes forward, by layer, in order."""
    counts: list[int] = []

    def count(module: torch.nn.Module, inputs: object, y: torch.Tensor) -> None:
        assert isinstance(module, torch.nn.Conv2d | torch.nn.Linear)
        counts.append(module.weight.numel() * y[0, 0].numel())

    layers = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        network(channels_first(np.zeros((2, *in_shape), np.float32)))
    for hook in hooks:
        hook.remove()
    return counts
