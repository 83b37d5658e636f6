"""A text file with the path of a picture on each line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from homespun.catalog.chunk import Chunk
from homespun.catalog.shown import shown
from homespun.errors import DataError, FileError

_LONGEST = 2**16
"""Bytes of the longest line; no system has longer paths."""
_MARK = b"\xef\xbb\xbf"
"""What Windows' editors begin UTF-8 files with."""


class PathList:
    """A list of paths, relative to the folder that holds the list, or absolute."""

    column = ""

    def __init__(self, path: Path) -> None:
        self.root = path.parent
        self._path = path

    def describe(self) -> Mapping[str, Any]:
        """Return the file and the SHA-256 of what it holds.

        Raises:
            FileError: it cannot be read.
        """
        try:
            with open(self._path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise FileError(self._path, f"cannot be read ({error.strerror})") from error
        return {"kind": "list", "path": shown(self._path), "sha256": digest}

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the paths in the order of the lines; empty lines are passed over.

        Raises:
            DataError: a line is no path.
            FileError: it cannot be read.
        """
        try:
            with open(self._path, "rb") as file:
                lines = self._lines(file)
                while paths := tuple(islice(lines, size)):
                    yield Chunk(0, 0, len(paths), paths)
        except (DataError, FileError):
            raise
        except OSError as error:
            raise FileError(self._path, f"cannot be read ({error.strerror})") from error

    def _lines(self, file: BinaryIO) -> Iterator[bytes]:
        number = 0
        while line := file.readline(_LONGEST):
            number += 1
            line = line.removeprefix(_MARK) if number == 1 else line
            if b"\0" in line or len(line) == _LONGEST:
                raise DataError(
                    self._path,
                    f"line {number} is no path; expected a text file with a path a line, a folder, "
                    "or a Parquet file (homespun predict answers for single photos)",
                )
            if line := line.rstrip(b"\r\n"):
                yield line
