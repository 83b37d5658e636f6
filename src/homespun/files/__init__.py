"""Durable writes, bounded reads, and locks: the ways in which homespun touches its own files."""

from homespun.files.bounded import read_bounded
from homespun.files.durable import durable_file, is_part, remove_parts, write_durably
from homespun.files.lock import Lock

__all__ = ["Lock", "durable_file", "is_part", "read_bounded", "remove_parts", "write_durably"]
