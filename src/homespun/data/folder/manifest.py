"""Which picture is in which part: a small table, so that nothing needs to be copied or moved.

A CSV file with the columns path, sha256 and split. The SHA-256 is that of the picture's file, so
that a picture that was replaced since is noticed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from homespun.data.folder.places import tidy_place
from homespun.errors import DataError
from homespun.files import read_bounded, write_durably

Split: TypeAlias = Literal["train", "validation", "test", "left out"]

SPLITS: tuple[Split, ...] = ("train", "validation", "test", "left out")
"""Left out are pictures of a given training part that have a twin in a part that judges."""

_HEAD = ["path", "sha256", "split"]
_MOST_BYTES = 2**29


class Row(NamedTuple):
    """One picture: its place within the folder, the SHA-256 of its file, and its part."""

    place: str
    sha256: str
    split: Split


@dataclass(frozen=True)
class Manifest:
    """The parts of a folder's pictures, in the order of their places."""

    rows: tuple[Row, ...]

    def encode(self) -> bytes:
        """Return the manifest as a CSV file; the same manifest gives the same bytes."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)  # its lines end in \r\n; with \n alone it would not quote a \r
        writer.writerow(_HEAD)
        writer.writerows(self.rows)
        return out.getvalue().encode()

    def sha256(self) -> str:
        """Return the SHA-256 of that file."""
        return hashlib.sha256(self.encode()).hexdigest()

    def counts(self) -> dict[Split, int]:
        """Return how many pictures each part has."""
        return {split: sum(row.split == split for row in self.rows) for split in SPLITS}

    def write(self, path: Path | str) -> None:
        """Write the manifest.

        Raises:
            FileError: it cannot be written.
        """
        write_durably(path, self.encode())


def read_manifest(path: Path | str) -> Manifest:
    """Return the manifest in a file.

    Raises:
        DataError: it is no manifest: another head, a place that is none within a folder or comes
            twice, a hash that is none, or an unknown part.
        FileError: it cannot be read, or is larger than 512 MiB.
    """
    path = Path(path)
    content = read_bounded(path, _MOST_BYTES)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise DataError(path, "is not UTF-8 text", error.start) from error
    rows: dict[str, Row] = {}
    for number, cells in _lines(path, text):
        try:
            row = _row(cells)
            if row.place in rows:
                raise ValueError("names a picture a second time")
        except ValueError as error:
            raise DataError(path, f"line {number}: {error}") from error
        rows[row.place] = row
    return Manifest(tuple(sorted(rows.values())))


def _lines(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if next(reader, None) != _HEAD:
            raise DataError(path, f"is no manifest: line 1 must be {','.join(_HEAD)}")
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(path, f"line {reader.line_num} is no CSV ({error})") from error


def _row(cells: list[str]) -> Row:
    if len(cells) != len(_HEAD):
        raise ValueError(f"expected {len(_HEAD)} cells, got {len(cells)}")
    place, sha256, split = cells
    try:
        tidy = tidy_place(place)
    except ValueError as error:
        raise ValueError(f"path {place!r:.80} {error}") from error
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f"{sha256!r:.80} is no SHA-256 in small hexadecimal digits")
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r:.80}")
    return Row(tidy, sha256, split)
