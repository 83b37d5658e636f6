"""Pillow's bicubic resizing in ONNX's operators: two products with matrices of weights.

ONNX has a Resize of its own, which leaves more to the runtime than so small a picture bears. This
one follows the steps of Pillow's (Resample.c, mode F) to the last bit: columns and rows one after
the other, sums in double precision, and single precision in between.
"""

from __future__ import annotations

import numpy as np

from homespun.export.graph import DOUBLE, FLOAT, Graph, Input
from homespun.export.pieces import size_of

_SHARPNESS = -0.5
"""Keys's a, as Pillow has it (Keys, 1981, doi:10.1109/TASSP.1981.1163711, equation 8)."""
_REACH = 2.0


def resized(graph: Graph, values: str, size: tuple[Input, Input]) -> str:
    """Return the picture (h, w, channel) resized to (height, width, channel), float32.

    Args:
        graph: what is written to.
        values: float32 (h, w, channel).
        size: height and width, int64 without axes.
    """
    old = size_of(graph, values)
    down, across = (_weights(graph, *lengths) for lengths in zip(old, size, strict=True))
    across = graph.node("Transpose", across, perm=(1, 0))
    channels = graph.node("Transpose", values, perm=(2, 0, 1))
    columns_first = _product(graph, down, _product(graph, channels, across))
    rows_first = _product(graph, _product(graph, down, channels), across)
    small = graph.node("Where", _rows_go_first(graph, old, size), rows_first, columns_first)
    return graph.node("Transpose", small, perm=(1, 2, 0))


def _product(graph: Graph, a: str, b: str) -> str:
    """Return the product of matrices, summed in double and kept in single precision."""
    wide = (graph.node("Cast", each, to=DOUBLE) for each in (a, b))
    return graph.node("Cast", graph.node("MatMul", *wide), to=FLOAT)


def _rows_go_first(graph: Graph, old: tuple[str, str], new: tuple[Input, Input]) -> str:
    """Return whether the height loses more than twice as many pixels as the width.

    So Pillow chooses since version 13. It shows in the last bit, where the sums are rounded twice.
    """
    fewer_rows, fewer_columns = (
        graph.node("Sub", before, after) for before, after in zip(old, new, strict=True)
    )
    twice = graph.node("Mul", fewer_columns, np.array(2))
    least = graph.node("Max", twice, np.array(0))
    return graph.node("Greater", fewer_rows, least)


def _weights(graph: Graph, n_in: Input, n_out: Input) -> str:
    """Return (n_out, n_in) float64: how much of each place goes into each of the new ones."""
    scale = graph.node(
        "Div", graph.node("Cast", n_in, to=DOUBLE), graph.node("Cast", n_out, to=DOUBLE)
    )
    wide = graph.node("Max", scale, np.float64(1))  # made smaller, a place gathers from more
    middle = graph.node("Add", _places(graph, n_out), np.float64(0.5))
    middle = graph.node("Unsqueeze", graph.node("Mul", middle, scale), np.array([1]))
    away = graph.node("Add", graph.node("Sub", _places(graph, n_in), middle), np.float64(0.5))
    weights = _bicubic(graph, graph.node("Abs", graph.node("Div", away, wide)))
    return graph.node("Div", weights, graph.node("ReduceSum", weights, np.array([1]), keepdims=1))


def _places(graph: Graph, n: Input) -> str:
    return graph.node("Cast", graph.node("Range", np.array(0), n, np.array(1)), to=DOUBLE)


def _bicubic(graph: Graph, x: str) -> str:
    """Return the weight at each distance, at least 0: Keys's cubic convolution."""
    a = _SHARPNESS
    near = _polynomial(graph, x, a + 2, -(a + 3), 0, 1)
    far = _polynomial(graph, x, a, -5 * a, 8 * a, -4 * a)
    nothing = np.zeros((1, 1))
    outer = graph.node("Where", graph.node("Less", x, np.float64(_REACH)), far, nothing)
    return graph.node("Where", graph.node("Less", x, np.float64(1)), near, outer)


def _polynomial(graph: Graph, x: str, first: float, *others: float) -> str:
    """Return a polynomial by Horner's rule, the coefficient of the highest power first."""
    value: Input = np.float64(first)
    for coefficient in others:
        value = graph.node("Add", graph.node("Mul", value, x), np.float64(coefficient))
    assert isinstance(value, str)
    return value
