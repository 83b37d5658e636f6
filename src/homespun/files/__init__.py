"""Durable writes and bounded reads: the only two ways in which homespun touches its own files."""

from homespun.files.bounded import read_bounded
from homespun.files.durable import write_durably

__all__ = ["read_bounded", "write_durably"]
