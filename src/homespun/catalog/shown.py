"""Paths as text that every file can hold: bytes that are no Unicode are written as escapes."""

from __future__ import annotations

import os
from pathlib import Path


def shown(path: bytes | Path) -> str:
    """Return a path as text."""
    return os.fsencode(path).decode(errors="backslashreplace")
