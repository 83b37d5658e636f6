"""What a catalogue is made of: a folder tree, a list of paths or Parquet files, told apart here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from homespun.catalog.chunk import Chunk
from homespun.catalog.path_list import PathList
from homespun.catalog.tables import Tables
from homespun.catalog.tree import Tree, holds_pictures
from homespun.data.folder.places import is_ours_to_see
from homespun.errors import FileError, SettingError

_PARQUET = b"PAR1"
_PARQUET_NAMES = (".parquet", ".pq")


class Source(Protocol):
    """Where pictures come from.

    Attributes:
        root: the folder that paths are relative to.
        column: of tables, the column of pictures; else "".
    """

    root: Path
    column: str

    def describe(self) -> Mapping[str, Any]:
        """Return what tells this input from another: plain JSON values, the same while it is."""
        ...

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the pictures in their order, at most `size` a chunk, not yet numbered."""
        ...


def open_source(path: Path, column: str | None = None) -> Source:
    """Return what the input is, by looking at it.

    Args:
        path: a folder of pictures, at any depth; a folder of Parquet files; a Parquet file; or a
            text file with a path a line.
        column: of Parquet files, the one with the pictures; None: it is looked for.

    Raises:
        FileError: there is no such input, or it is none of these.
        DataError: a Parquet file is not sound, or has no column of pictures.
        SettingError: a column is named, and the input has none.
    """
    path = Path(os.path.abspath(path))
    files = _parquet_files(path)
    if files:
        return Tables(path, files, column)
    if column is not None:
        raise SettingError(f"--column {column}: {path} is no Parquet file, and has no columns")
    if path.is_dir():
        return Tree(path)
    return PathList(path)


def _parquet_files(path: Path) -> list[Path]:
    """Return the Parquet files that are the input; none where it is something else.

    Raises:
        FileError: there is nothing at this path.
    """
    if path.is_dir():
        if holds_pictures(path):
            return []
        inside = (file for file in path.rglob("*") if file.suffix in _PARQUET_NAMES)
        return sorted(file for file in inside if is_ours_to_see(file.name) and file.is_file())
    if not path.is_file():
        problem = "is no file and no folder" if path.exists() else "is not there"
        raise FileError(path, f"{problem}; name a folder, a list of paths or a Parquet file")
    try:
        with open(path, "rb") as file:
            is_parquet = file.read(len(_PARQUET)) == _PARQUET
    except OSError as error:
        raise FileError(path, f"cannot be read ({error.strerror})") from error
    return [path] if is_parquet or path.suffix in _PARQUET_NAMES else []
