"""How each layer of homespun.nn is written in ONNX's operators: a closed table.

Operators: those of the set in `onnx_file`, as its documents describe them. A writer is told the
shape of its input as `Layer.init` is; in the graph pictures have their channels first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from homespun import nn
from homespun.errors import ShapeError
from homespun.export.graph import Graph, Writer
from homespun.types import Array, Params, Shape

_A_PICTURE = 3
"""How many numbers the shape of one has: height, width, channel."""


def _chain(graph: Graph, layer: nn.Chain, params: Params, x: str, in_shape: Shape) -> str:
    for i, part in enumerate(layer.layers):
        x = graph.layer(part, params[str(i)], x, in_shape)
        _, in_shape = nn.shapes_of(part, in_shape)
    return x


def _residual(graph: Graph, layer: nn.Residual, params: Params, x: str, in_shape: Shape) -> str:
    return graph.node("Add", x, graph.layer(layer.layer, params, x, in_shape))


def _dense(graph: Graph, layer: nn.Dense, params: Params, x: str, in_shape: Shape) -> str:
    bias = [_single(params["b"])] if layer.bias else []
    return graph.node("Gemm", x, _single(params["W"]), *bias)


def _convolution(
    graph: Graph, layer: nn.Conv2D | nn.PooledConv2D, params: Params, x: str, in_shape: Shape
) -> str:
    bias = [_single(params["b"])] if layer.bias else []
    stride = layer.stride if isinstance(layer, nn.Conv2D) else (1, 1)
    window = _single(params["W"]).transpose(3, 2, 0, 1)  # (n_out, n_in, height, width)
    pads = (*layer.padding, *layer.padding)
    return graph.node(
        "Conv", x, window, *bias, kernel_shape=layer.kernel, strides=stride, pads=pads
    )


def _pooled_convolution(
    graph: Graph, layer: nn.PooledConv2D, params: Params, x: str, in_shape: Shape
) -> str:
    y = _convolution(graph, layer, params, x, in_shape)
    return graph.node("MaxPool", y, kernel_shape=(2, 2), strides=(2, 2))


def _batch_norm(graph: Graph, layer: nn.BatchNorm, params: Params, x: str, in_shape: Shape) -> str:
    if len(in_shape) not in (1, _A_PICTURE):
        raise ShapeError(
            f"BatchNorm has no form in ONNX here on inputs of shape {in_shape}: "
            "expected (n,) or (height, width, n)"
        )
    learnt = [_single(params[n]) for n in ("gamma", "beta", "running_mean", "running_var")]
    return graph.node("BatchNormalization", x, *learnt, epsilon=layer.epsilon)


def _max_pool(graph: Graph, layer: nn.MaxPool2D, params: Params, x: str, in_shape: Shape) -> str:
    size = (layer.size, layer.size)
    return graph.node("MaxPool", x, kernel_shape=size, strides=size)


def _average_pool(
    graph: Graph, layer: nn.AvgPool2D, params: Params, x: str, in_shape: Shape
) -> str:
    size = (layer.size, layer.size)
    return graph.node("AveragePool", x, kernel_shape=size, strides=size)


def _global(operator: str) -> Writer:
    def write(graph: Graph, layer: nn.Layer, params: Params, x: str, in_shape: Shape) -> str:
        return graph.node("Flatten", graph.node(operator, x), axis=1)

    return write


def _flatten(graph: Graph, layer: nn.Flatten, params: Params, x: str, in_shape: Shape) -> str:
    if len(in_shape) == _A_PICTURE:
        x = graph.node("Transpose", x, perm=(0, 2, 3, 1))  # rows are in our order
    return graph.node("Flatten", x, axis=1)


def _nothing(graph: Graph, layer: nn.Dropout, params: Params, x: str, in_shape: Shape) -> str:
    return x


def _alone(operator: str) -> Writer:
    def write(graph: Graph, layer: nn.Layer, params: Params, x: str, in_shape: Shape) -> str:
        return graph.node(operator, x)

    return write


def _gelu(graph: Graph, layer: nn.GELU, params: Params, x: str, in_shape: Shape) -> str:
    erf = graph.node("Erf", graph.node("Mul", x, np.float32(math.sqrt(0.5))))
    phi = graph.node("Mul", graph.node("Add", erf, np.float32(1)), np.float32(0.5))
    return graph.node("Mul", x, phi)


def _single(array: Array) -> Array:
    """Return the numbers as graphs hold them, in single precision."""
    return np.asarray(array, np.float32)


WRITERS: Mapping[type, Any] = {
    nn.AvgPool2D: _average_pool,
    nn.BatchNorm: _batch_norm,
    nn.Chain: _chain,
    nn.Conv2D: _convolution,
    nn.Dense: _dense,
    nn.Dropout: _nothing,
    nn.Flatten: _flatten,
    nn.GELU: _gelu,
    nn.GlobalAvgPool: _global("GlobalAveragePool"),
    nn.GlobalMaxPool: _global("GlobalMaxPool"),
    nn.MaxPool2D: _max_pool,
    nn.PooledConv2D: _pooled_convolution,
    nn.ReLU: _alone("Relu"),
    nn.Residual: _residual,
    nn.Sigmoid: _alone("Sigmoid"),
    nn.Tanh: _alone("Tanh"),
}
"""Every layer of homespun.nn by its type."""
