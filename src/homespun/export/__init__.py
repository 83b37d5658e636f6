"""Models that run elsewhere: ONNX."""
