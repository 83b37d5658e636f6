"""Preparing a photo from the cut-out on, in ONNX's operators: the steps of `data.photo`, in order.

What a graph cannot do stays outside (`outside`): reading the file, and looking for the object.
"""

from __future__ import annotations

import numpy as np

from homespun.data import Preparation
from homespun.export.finish import sharpened, stretched
from homespun.export.graph import FLOAT, INT32, UINT8, Graph
from homespun.export.pieces import WHITE, ascending, size_of, vector
from homespun.export.placing import placed
from homespun.export.resizing import resized
from homespun.types import Shape

_LUMA = (19595, 38470, 7471)
"""65536 times the shares of red, green and blue in grey (ITU-R BT.601), as Pillow rounds them."""
_LIGHT = 127.0


def write_preparation(
    graph: Graph, in_shape: Shape, preparation: Preparation, photo: str, mask: str | None = None
) -> str:
    """Add the steps, and return the name of the picture, uint8 (1, height, width, channel).

    Args:
        graph: what is written to.
        in_shape: (height, width, channel) of the model's pictures, with 1 or 3 channels.
        preparation: which steps are taken.
        photo: uint8 (h, w, 3).
        mask: float32, 1 on the object, of any size; None: nothing is cut out.
    """
    cover = None
    picture = photo
    if mask is not None:
        cover = _as_large(graph, mask, photo)
        if preparation.centre:
            picture, cover = _cropped(graph, picture, cover)
    picture = _numbers(graph, picture, is_grey=in_shape[2] == 1)
    ground = WHITE
    if preparation.dark_background and in_shape[2] == 1:
        ground = 0.0
        picture = _negative(graph, picture, always=mask is not None)
    if cover is not None:
        picture = _over(graph, picture, cover, ground)
    values = placed(graph, picture, in_shape, preparation, ground)
    if preparation.sharpen:
        values = sharpened(graph, values, in_shape)
    if preparation.contrast:
        values = stretched(graph, values, ground)
    whole = graph.node("Round", values)  # halves to even, as rint does
    whole = graph.node("Clip", whole, np.float32(0), np.float32(WHITE))
    return graph.node("Unsqueeze", graph.node("Cast", whole, to=UINT8), np.array([0]))


def _as_large(graph: Graph, mask: str, photo: str) -> str:
    """Return the mask as large as the photo, float32 (h, w, 1)."""
    size = size_of(graph, photo)
    return resized(graph, graph.node("Unsqueeze", mask, np.array([2])), size)


def _cropped(graph: Graph, picture: str, cover: str) -> tuple[str, str]:
    """Return picture and mask around what the mask holds; all of them where it holds nothing."""
    held = graph.node("Cast", graph.node("Greater", cover, np.float32(0.5)), to=FLOAT)
    starts, ends = [], []
    for other_axis in (1, 0):
        line = graph.node("ReduceMax", held, axes=(other_axis, 2), keepdims=0)
        # Among equals the first and the last: where nothing is held these are the picture's ends.
        starts.append(graph.node("ArgMax", line, axis=0, keepdims=0))
        last = graph.node("ArgMax", line, axis=0, keepdims=0, select_last_index=1)
        ends.append(graph.node("Add", last, np.array(1)))
    box = vector(graph, *starts), vector(graph, *ends), np.array([0, 1])
    return graph.node("Slice", picture, *box), graph.node("Slice", cover, *box)


def _numbers(graph: Graph, picture: str, *, is_grey: bool) -> str:
    """Return the picture's pixels as float32, (h, w, 1) where it is to be grey."""
    if not is_grey:
        return graph.node("Cast", picture, to=FLOAT)
    shares = graph.node("Mul", graph.node("Cast", picture, to=INT32), np.array(_LUMA, np.int32))
    total = graph.node("ReduceSum", shares, np.array([2]), keepdims=1)
    total = graph.node("Add", total, np.int32(1 << 15))
    return graph.node("Cast", graph.node("Div", total, np.int32(1 << 16)), to=FLOAT)


def _negative(graph: Graph, picture: str, *, always: bool) -> str:
    """Return the picture with light and dark changed over, where its border is light or always."""
    negative = graph.node("Sub", np.float32(WHITE), picture)
    if always:
        return negative
    height, width = size_of(graph, picture)
    last = [graph.node("Sub", n, np.array(1)) for n in (height, width)]
    sides = [
        graph.node("Reshape", graph.node("Gather", picture, i, axis=axis), np.array([-1]))
        for axis in (0, 1)
        for i in (np.array(0), last[axis])
    ]
    border, n = ascending(graph, graph.node("Concat", *sides, axis=0))
    half = [
        graph.node("Gather", border, graph.node("Div", place, np.array(2)), axis=0)
        for place in (graph.node("Sub", n, np.array(1)), n)
    ]
    twice_the_median = graph.node("Add", *half)
    is_light = graph.node("Greater", twice_the_median, np.float32(2 * _LIGHT))
    return graph.node("Where", is_light, negative, picture)


def _over(graph: Graph, picture: str, cover: str, ground: float) -> str:
    rest = graph.node("Sub", np.float32(1), cover)
    return graph.node(
        "Add",
        graph.node("Mul", picture, cover),
        graph.node("Mul", rest, np.float32(ground)),
    )
