"""An ONNX graph while it is written: nodes in their order, constants, and no name given twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from homespun.errors import SettingError
from homespun.export.library import onnx_library
from homespun.nn import Layer
from homespun.types import Array, Params, Shape

Input: TypeAlias = "str | Array | np.generic"
"""The name of what another node gives, or numbers, which become a constant."""

Writer: TypeAlias = "Callable[[Graph, Any, Params, str, Shape], str]"
"""(graph, layer, params, x, in_shape) -> the name of the output.

It writes what the layer's `forward` does outside training. `x` names its input, float32, and
`in_shape` is that input's shape without the batch axis, as in `Layer.init`. A graph keeps pictures
as (batch, channel, height, width): where `in_shape` is (height, width, channel), `x` has the
channel first, and so must have what is returned.
"""

UINT8, FLOAT, INT32, INT64, DOUBLE = 2, 1, 6, 7, 11
"""Kinds of numbers, as ONNX counts them (onnx.proto3, TensorProto.DataType)."""


class Graph:
    """Nodes and constants of a file.

    Attributes:
        nodes: ONNX's NodeProto, in an order in which they can be computed.
        constants: ONNX's TensorProto.
    """

    def __init__(self, writers: Mapping[type, Writer]) -> None:
        """Begin an empty graph; `writers` says how layers of each type are written."""
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._writers = writers
        self._names: dict[tuple[str, Shape, bytes], str] = {}

    def constant(self, value: Array | np.generic, name: str = "") -> str:
        """Add numbers and return their name; equal ones without a name of their own stand once."""
        array = np.ascontiguousarray(value).reshape(np.shape(value))
        key = (array.dtype.str, array.shape, array.tobytes())
        if not name and key in self._names:
            return self._names[key]
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(onnx_library().numpy_helper.from_array(array, name))
        self._names[key] = name
        return name

    def node(self, operator: str, *inputs: Input, **attributes: Any) -> str:
        """Add a node with one output, and return that output's name."""
        return self.node_of(1, operator, *inputs, **attributes)[0]

    def node_of(
        self, n_outputs: int, operator: str, *inputs: Input, **attributes: Any
    ) -> list[str]:
        """Add a node with several outputs, and return their names."""
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        stem = f"{operator}_{len(self.nodes)}"
        outputs = [stem if i == 0 else f"{stem}_{i}" for i in range(n_outputs)]
        helper = onnx_library().helper
        self.nodes.append(helper.make_node(operator, names, outputs, stem, **attributes))
        return outputs

    def named(self, name: str, value: str) -> str:
        """Give a value the name by which a file's users ask for it."""
        helper = onnx_library().helper
        self.nodes.append(helper.make_node("Identity", [value], [name], name))
        return name

    def layer(self, layer: Layer, params: Params, x: str, in_shape: Shape) -> str:
        """Add what a layer does, and return the name of its output.

        Raises:
            SettingError: nobody has said how such a layer is written.
        """
        writer = self._writers.get(type(layer))
        if writer is None:
            name = type(layer).__name__
            raise SettingError(
                f"{name} has no form in ONNX here: say how it is written, "
                f"as in export_onnx(model, layers={{{name}: writer}})"
            )
        return writer(self, layer, params, x, in_shape)
