"""The library onnx, asked for in one place: it is optional, and only exporting needs it."""

from __future__ import annotations

from typing import Any

from homespun.errors import MissingExtraError


def onnx_library() -> Any:
    """Return the module onnx.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import onnx  # slow to import, and optional
    except ImportError as error:
        raise MissingExtraError("onnx", "onnx", "exporting a model") from error
    return onnx
