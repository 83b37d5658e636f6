"""Durable writes, bounded reads, strict JSON and locks: how homespun touches files."""

from homespun.files.bounded import read_bounded
from homespun.files.durable import (
    durable_file,
    is_part,
    make_folder,
    remove_parts,
    write_durably,
)
from homespun.files.lock import Lock
from homespun.files.strict_json import parse_json

__all__ = [
    "Lock",
    "durable_file",
    "is_part",
    "make_folder",
    "parse_json",
    "read_bounded",
    "remove_parts",
    "write_durably",
]
