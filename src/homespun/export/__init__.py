"""Models that run elsewhere: ONNX."""

from homespun.export.graph import Graph, Writer
from homespun.export.metadata import about
from homespun.export.onnx_file import OPSET, export_onnx, export_photo_onnx
from homespun.export.outside import photo_inputs
from homespun.export.signature import signature

__all__ = [
    "OPSET",
    "Graph",
    "Writer",
    "about",
    "export_onnx",
    "export_photo_onnx",
    "photo_inputs",
    "signature",
]
