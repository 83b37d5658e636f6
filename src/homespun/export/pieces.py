"""Groups of a few nodes that several steps of a graph need."""

from __future__ import annotations

import numpy as np

from homespun.export.graph import Graph, Input

WHITE = 255.0
"""The grey level; black is 0."""


def size_of(graph: Graph, picture: str) -> tuple[str, str]:
    """Return height and width of a picture (h, w, channel), int64 without axes."""
    shape = graph.node("Shape", picture)
    height, width = (graph.node("Gather", shape, np.array(i), axis=0) for i in (0, 1))
    return height, width


def vector(graph: Graph, *numbers: Input) -> str:
    """Return numbers without axes as a vector."""
    return graph.node(
        "Concat", *(graph.node("Reshape", each, np.array([1])) for each in numbers), axis=0
    )


def ascending(graph: Graph, values: str) -> tuple[str, str]:
    """Return the numbers of a vector in rising order, and how many there are, without axes."""
    n = graph.node("Size", values)
    sorted_, _ = graph.node_of(2, "TopK", values, vector(graph, n), largest=0)
    return sorted_, n
