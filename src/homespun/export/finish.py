"""The last touches to a small picture, in ONNX's operators: those of `data.photo.finish`."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from homespun.data.photo.finish import BRIGHT, BRIGHT_SHARE, MOST_GAIN, OBJECT_FROM, SHARPENING
from homespun.export.graph import DOUBLE, FLOAT, INT64, Graph
from homespun.export.pieces import WHITE, ascending
from homespun.types import Shape


def sharpened(graph: Graph, values: str, in_shape: Shape) -> str:
    """Return the picture with its edges sharpened; each blur is a product with its own matrix."""
    clear = graph.node("Clip", values, np.float32(0), np.float32(WHITE))
    blurred = graph.node("Transpose", clear, perm=(2, 0, 1))
    down, across = (gaussian_filter1d(np.eye(n), 1, axis=0, mode="nearest") for n in in_shape[:2])
    blurred = graph.node("MatMul", down, graph.node("Cast", blurred, to=DOUBLE))
    blurred = graph.node("Cast", blurred, to=FLOAT)
    blurred = graph.node("MatMul", graph.node("Cast", blurred, to=DOUBLE), across.T)
    blurred = graph.node("Transpose", graph.node("Cast", blurred, to=FLOAT), perm=(1, 2, 0))
    edges = graph.node("Sub", clear, blurred)
    return graph.node("Add", clear, graph.node("Mul", edges, np.float32(SHARPENING)))


def stretched(graph: Graph, values: str, ground: float) -> str:
    """Return the picture stretched away from its ground."""
    from_ground = graph.node("Sub", values, np.float32(ground))
    away = graph.node("Reshape", graph.node("Abs", from_ground), np.array([-1]))
    is_object = graph.node("Greater", away, np.float32(OBJECT_FROM))
    n = graph.node("ReduceSum", graph.node("Cast", is_object, to=INT64), np.array([0]), keepdims=0)
    bright = _bright(graph, away, n)
    gain = graph.node("Min", graph.node("Div", np.float64(BRIGHT), bright), np.float64(MOST_GAIN))
    gain = graph.node("Cast", graph.node("Max", gain, np.float64(1)), to=FLOAT)
    far = graph.node("Add", graph.node("Mul", from_ground, gain), np.float32(ground))
    return graph.node("Where", graph.node("Greater", n, np.array(0)), far, values)


def _bright(graph: Graph, away: str, n: str) -> str:
    """Return the percentile BRIGHT_SHARE of the n largest numbers, between its neighbours."""
    rising, n_all = ascending(graph, away)
    place = graph.node("Sub", graph.node("Max", n, np.array(1)), np.array(1))
    place = graph.node("Mul", graph.node("Cast", place, to=DOUBLE), np.float64(BRIGHT_SHARE / 100))
    whole = graph.node("Floor", place)
    first = graph.node("Sub", n_all, graph.node("Max", n, np.array(1)))
    low = graph.node("Add", first, graph.node("Cast", whole, to=INT64))
    high = graph.node(
        "Min", graph.node("Add", low, np.array(1)), graph.node("Sub", n_all, np.array(1))
    )
    below, above = (
        graph.node("Cast", graph.node("Gather", rising, i, axis=0), to=DOUBLE) for i in (low, high)
    )
    between = graph.node("Mul", graph.node("Sub", above, below), graph.node("Sub", place, whole))
    return graph.node("Add", below, between)
