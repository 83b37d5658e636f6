"""Bringing a picture into the model's frame, its sides in proportion, in ONNX's operators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from homespun.data import Preparation
from homespun.export.graph import DOUBLE, INT64, Graph
from homespun.export.pieces import size_of, vector
from homespun.export.resizing import resized
from homespun.types import Shape


def placed(
    graph: Graph, values: str, in_shape: Shape, preparation: Preparation, ground: float
) -> str:
    """Return the picture brought into the frame in proportion, float32 (height, width, channel)."""
    frame = in_shape[:2]
    lengths = [graph.node("Cast", n, to=DOUBLE) for n in size_of(graph, values)]
    scales = [graph.node("Div", np.float64(to), n) for to, n in zip(frame, lengths, strict=True)]
    scale = graph.node("Max" if preparation.fill else "Min", *scales)
    size = [_scaled(graph, n, scale) for n in lengths]
    if preparation.fill:
        size = [graph.node("Max", n, np.array(to)) for n, to in zip(size, frame, strict=True)]
    small = resized(graph, values, (size[0], size[1]))
    if preparation.fill:
        return _middle(graph, small, size, frame)
    pads = _margins(graph, size, frame)
    if preparation.cut_out:
        return graph.node("Pad", small, pads, np.float32(ground))
    return graph.node("Pad", small, pads, mode="edge")


def _scaled(graph: Graph, length: str, scale: str) -> str:
    """Return a length scaled, a whole number of pixels, at least 1."""
    pixels = graph.node("Round", graph.node("Mul", length, scale))
    return graph.node("Max", graph.node("Cast", pixels, to=INT64), np.array(1))


def _middle(graph: Graph, small: str, size: Sequence[str], frame: Shape) -> str:
    """Return the middle of a picture that is at least as large as the frame."""
    before = [
        graph.node("Div", graph.node("Sub", n, np.array(to)), np.array(2))
        for n, to in zip(size, frame, strict=True)
    ]
    starts = vector(graph, *before)
    ends = graph.node("Add", starts, np.array(frame))
    return graph.node("Slice", small, starts, ends, np.array([0, 1]))


def _margins(graph: Graph, size: Sequence[str], frame: Shape) -> str:
    """Return how much is missing around a picture in the frame: before each axis, then after."""
    room = [graph.node("Sub", np.array(to), n) for n, to in zip(size, frame, strict=True)]
    before = [graph.node("Div", n, np.array(2)) for n in room]
    after = [graph.node("Sub", n, first) for n, first in zip(room, before, strict=True)]
    of_channels = np.array(0)
    return vector(graph, *before, of_channels, *after, of_channels)
