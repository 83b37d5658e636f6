"""Parquet files with a column of pictures: bytes, paths, or both as Hugging Face keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from homespun.catalog.chunk import Chunk
from homespun.catalog.shown import shown
from homespun.errors import DataError

_BYTES, _PATH = "bytes", "path"
_OF_BYTES = ("image", "img", "picture", "photo", "bytes")
_OF_PATHS = ("path", "file", "file_name", "filename", "image_path", "image", "picture", "photo")
_FOOTER = 8
"""Bytes at the end of a Parquet file: the length of what describes it, and the format's mark."""


class Tables:
    """One or more Parquet files that hold the same column of pictures."""

    def __init__(self, path: Path, files: Sequence[Path], column: str | None) -> None:
        """Look for the column.

        Args:
            path: one file, or the folder that they lie in.
            files: the files.
            column: its name; None: it is looked for.

        Raises:
            DataError: a file is not sound, or has no such column.
        """
        self.root = path if path.is_dir() else path.parent
        self._path = path
        self._files = files
        self.column = _find_column(files[0], column)
        for file in files[1:]:
            _find_column(file, self.column)

    def describe(self) -> Mapping[str, Any]:
        """Return the files, the column, and a hash of their sizes and of what they say they hold.

        What they say includes where each piece of data lies and its least and largest value, so
        that files of other pictures say something else. The pictures themselves are not read.

        Raises:
            DataError: a file is not sound.
        """
        digest = hashlib.sha256()
        for file in self._files:
            size = file.stat().st_size
            with open(file, "rb") as content:
                content.seek(max(0, size - _FOOTER))
                length = int.from_bytes(content.read(4), "little")
                content.seek(max(0, size - _FOOTER - length))
                digest.update(f"{file.name}\0{size}\0".encode(errors="surrogateescape"))
                digest.update(content.read())
        return {
            "kind": "parquet",
            "path": shown(self._path),
            "column": self.column,
            "sha256": digest.hexdigest(),
        }

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows in order; a chunk never reaches over a row group's end.

        Raises:
            DataError: a file is not sound.
        """
        for file in self._files:
            about = _metadata(file)
            for group in range(about.num_row_groups):
                n = about.row_group(group).num_rows
                for start in range(0, n, size):
                    rows = min(size, n - start)
                    yield Chunk(0, 0, rows, file=str(file), group=group, start=start)


def _find_column(file: Path, wanted: str | None) -> str:
    """Return the name of the column of pictures.

    Raises:
        DataError: there is none, or there are several and nobody said which.
    """
    schema = _metadata(file).schema.to_arrow_schema()
    names = ", ".join(schema.names)
    if wanted is not None:
        if wanted not in schema.names:
            raise DataError(file, f"has no column {wanted} (columns: {names})")
        if not _holds_pictures(schema.field(wanted).type):
            raise DataError(file, f"column {wanted} holds no bytes and no paths")
        return wanted
    structs = [field.name for field in schema if _is_struct(field.type)]
    binaries = [field.name for field in schema if _is_binary(field.type)]
    named = [name for name in _OF_BYTES if name in binaries]
    paths = [name for name in _OF_PATHS if name in schema.names and _is_text(schema.field(name))]
    for found in (structs, named, binaries, paths[:1]):
        if len(found) == 1:
            return found[0]
        if found:
            raise DataError(file, f"has several columns of pictures ({', '.join(found)}): --column")
    raise DataError(file, f"has no column of pictures (columns: {names}): name one with --column")


def _metadata(file: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(file)
    except (pa.ArrowException, OSError, UnicodeError) as error:
        reason = " ".join(str(error).split())
        raise DataError(file, f"is no sound Parquet file ({reason})") from error


def _holds_pictures(kind: pa.DataType) -> bool:
    return _is_struct(kind) or _is_binary(kind) or _is_string(kind)


def _is_struct(kind: pa.DataType) -> bool:
    """Return whether it is what Hugging Face keeps an image in: bytes, a path, or both."""
    if not pa.types.is_struct(kind):
        return False
    parts = {kind.field(i).name: kind.field(i).type for i in range(kind.num_fields)}
    return _BYTES in parts and _is_binary(parts[_BYTES])


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_string(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _is_text(field: pa.Field) -> bool:
    return _is_string(field.type)
