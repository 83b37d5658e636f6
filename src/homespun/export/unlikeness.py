"""How unlike the training pictures a picture is, in ONNX's operators: what `Rejection` computes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from homespun.export.graph import Graph
from homespun.models.rejection import NEAREST, Depth, Rejection


def unlikeness(graph: Graph, rejection: Rejection, features: Sequence[str]) -> str:
    """Return the score of each picture, (batch,).

    Args:
        graph: what is written to.
        rejection: the model's.
        features: names of (batch, n), one for each depth.
    """
    parts = []
    for depth, x in zip(rejection.depths, features, strict=True):
        apart = graph.node("Sub", _distances(graph, depth, x), np.float32(depth.usual))
        parts.append(graph.node("Div", apart, np.float32(depth.spread)))
    return graph.node("Div", graph.node("Sum", *parts), np.float32(len(parts)))


def _distances(graph: Graph, depth: Depth, x: str) -> str:
    """Return the logarithm of the distance to the nearest class, (batch,).

    The same as `Depth.distances`, which is computed in double precision. To be as good in single
    precision, what lies outside the directions is not found as a small difference of large squares:
    the part inside is taken off before anything is squared.
    """
    means, directions = (np.asarray(v, np.float64) for v in (depth.means, depth.directions))
    x = graph.node("Div", x, depth.scale.astype(np.float32))
    along = graph.node("MatMul", x, directions.astype(np.float32))
    squares = _squares(graph, along, means @ directions, depth.variances)
    if directions.shape[0] > directions.shape[1]:
        inside = graph.node("MatMul", along, directions.T.astype(np.float32))
        outside = graph.node("Sub", x, inside)
        means = means - means @ directions @ directions.T
        rest = np.full(len(directions), depth.rest)
        squares = graph.node("Add", squares, _squares(graph, outside, means, rest))
    nearest = graph.node("ReduceMin", squares, axes=(1,), keepdims=0)
    logarithm = graph.node("Log", graph.node("Max", nearest, np.float32(NEAREST)))
    return graph.node("Mul", logarithm, np.float32(0.5))


def _squares(graph: Graph, x: str, means: np.ndarray, variances: np.ndarray) -> str:
    """Return (batch, n_classes): the squared distances from means (n_classes, n), by variances."""
    x = graph.node("Unsqueeze", x, np.array([1]))
    away = graph.node("Sub", x, means[np.newaxis].astype(np.float32))
    weighed = graph.node("Div", graph.node("Mul", away, away), variances.astype(np.float32))
    return graph.node("ReduceSum", weighed, np.array([2]), keepdims=0)
