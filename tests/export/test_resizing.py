"""Resizing in ONNX's operators against Pillow's, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from PIL import Image

from homespun.export.graph import FLOAT, INT64, Graph
from homespun.export.onnx_file import OPSET
from homespun.export.resizing import resized


@pytest.fixture(scope="module")
def resize(session: Any) -> Any:
    """The operators alone, with the size as an input."""
    graph, helper = Graph({}), onnx.helper
    height, width = (graph.node("Gather", "size", np.array(i), axis=0) for i in (0, 1))
    graph.named("small", resized(graph, "values", (height, width)))
    inputs = [
        helper.make_tensor_value_info("values", FLOAT, ("h", "w", "channel")),
        helper.make_tensor_value_info("size", INT64, (2,)),
    ]
    outputs = [helper.make_tensor_value_info("small", FLOAT, ("height", "width", "channel"))]
    written = helper.make_graph(graph.nodes, "resize", inputs, outputs, graph.constants)
    opset = [helper.make_opsetid("", OPSET)]
    file = helper.make_model(written, opset_imports=opset, ir_version=8)
    return session(file.SerializeToString())


@pytest.mark.parametrize("seed", range(40))
def test_pillow_gives_the_same(seed: int, resize: Any) -> None:
    rng = np.random.default_rng(seed)
    h, w, height, width = rng.integers(1, 90, 4).tolist()
    values = rng.uniform(0, 255, (h, w, 2)).astype(np.float32)
    found = resize(values=values, size=np.array([height, width]))["small"]
    for channel in range(2):
        picture = Image.fromarray(np.ascontiguousarray(values[..., channel]))
        expected = np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))
        different = np.flatnonzero(found[..., channel] != expected)
        assert len(different) <= expected.size // 1000, (h, w, height, width)
        np.testing.assert_allclose(found[..., channel], expected, rtol=1e-6, atol=1e-4)


def test_by_hand(resize: Any) -> None:
    """A quarter of a pixel from the second of four, Keys's cubic weighs them -9, 111, 29, -3.

    So it is (29 - 3) / 128 of 16 where the last two are 16 and the others 0.
    """
    flat = resize(values=np.full((5, 7, 1), 33, np.float32), size=np.array([11, 3]))["small"]
    np.testing.assert_allclose(flat, 33, rtol=1e-6)
    line = np.array([0, 0, 16, 16], np.float32).reshape(1, 4, 1)
    large = resize(values=line, size=np.array([1, 8]))["small"].ravel()
    np.testing.assert_allclose([large[3], large[4]], [3.25, 12.75], rtol=1e-6)
