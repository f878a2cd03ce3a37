"""Checkpoints of other programs, in and out, and approaches as ONNX graphs."""
