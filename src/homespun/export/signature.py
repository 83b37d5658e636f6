"""What goes into an exported file and what comes out, read from the file itself."""

from __future__ import annotations

from typing import Any

from homespun.export.library import onnx_library


def signature(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return `inputs` and `outputs` of a file's bytes: each one's `name`, `type` and `shape`.

    Axes that may have any length have a name in place of a number.

    Raises:
        MissingExtraError: onnx is not installed.
    """
    graph = onnx_library().load_from_string(content).graph
    return {
        "inputs": [_value(each) for each in graph.input],
        "outputs": [_value(each) for each in graph.output],
    }


def _value(value: Any) -> dict[str, Any]:
    kind = value.type.tensor_type
    dtype = onnx_library().helper.tensor_dtype_to_np_dtype(kind.elem_type)
    axes = [axis.dim_param or axis.dim_value for axis in kind.shape.dim]
    return {"name": value.name, "type": str(dtype), "shape": axes}
