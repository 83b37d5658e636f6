"""Labels in a table beside the pictures, as Hugging Face's ImageFolder has them.

`metadata.csv`, `metadata.jsonl` or `metadata.parquet`: a row a picture, with its `file_name` within
the folder and its label. Everything in it is somebody else's word, and is held against rules.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homespun.data.folder.listing import PARTS, Entry, Part
from homespun.data.folder.parquet import parquet_rows
from homespun.data.folder.places import tidy_place
from homespun.errors import DataError
from homespun.files import parse_json, read_bounded

NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
MOST_BYTES = 2**27
MOST_ROWS = 2_000_000
_LONGEST = 1000
"""Letters of the longest label or place."""
_PLACE, _SPLIT = "file_name", "split"
_LABELS = ("label", "labels", "class", "class_name", "category")


@dataclass(frozen=True)
class _Columns:
    label: str
    has_split: bool


def find_metadata(folder: Path) -> Path | None:
    """Return the metadata file in the folder, or None.

    Raises:
        DataError: there are several.
    """
    found = [folder / name for name in NAMES if (folder / name).exists()]
    if len(found) > 1:
        raise DataError(folder, f"holds {' and '.join(p.name for p in found)}: keep one of them")
    return found[0] if found else None


def read_metadata(path: Path, label: str | None = None) -> list[Entry]:
    """Return the pictures that a metadata file names, in the order of their places.

    Args:
        path: a metadata.csv, metadata.jsonl or metadata.parquet; at most 128 MiB.
        label: the column with the class. By default `label`, `labels`, `class`, `class_name` or
            `category`, or the only one beside `file_name` and `split`.

    Raises:
        DataError: it is no such table, or a row names no file within the folder, a file twice, no
            label, or an unknown part.
        FileError: it cannot be read, or is too large.
        MissingExtraError: it is a Parquet file, and pyarrow is not installed.
    """
    entries: dict[str, Entry] = {}
    columns = None
    for number, row in _rows(path):
        try:
            columns = columns or _columns(row, label)
            entry = _entry(row, columns)
            if entry.place in entries:
                raise ValueError(f"names {_short(entry.place)!r} a second time")
        except ValueError as error:
            raise DataError(path, f"row {number}: {error}") from error
        entries[entry.place] = entry
        if len(entries) > MOST_ROWS:
            raise DataError(path, f"has more than {MOST_ROWS:,} rows, the most that are read")
    if not entries:
        raise DataError(path, "names no picture")
    return sorted(entries.values())


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield each row with its number, the first is 1."""
    content = read_bounded(path, MOST_BYTES)
    if path.suffix == ".parquet":
        yield from enumerate(parquet_rows(path, content, MOST_BYTES, MOST_ROWS), 1)
        return
    try:
        text = content.decode("utf-8-sig")  # Excel begins its files with a byte order mark
    except UnicodeDecodeError as error:
        raise DataError(path, "is not UTF-8 text; save it as such", error.start) from error
    yield from enumerate(_csv_rows(path, text) if path.suffix == ".csv" else _lines(path, text), 1)


def _csv_rows(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = next(reader, [])
        if len(set(names)) != len(names):
            raise DataError(path, "line 1 names a column twice")
        for cells in reader:
            if not cells:
                continue  # an empty line
            if len(cells) != len(names):
                raise DataError(
                    path,
                    f"line {reader.line_num} has {len(cells)} cells, the first line {len(names)}",
                )
            yield dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise DataError(path, f"line {reader.line_num} is no CSV ({error})") from error


def _lines(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
        except ValueError as error:
            raise DataError(path, f"line {number} is no JSON ({error})") from error
        if not isinstance(row, dict):
            raise DataError(path, f"line {number}: expected an object with {_PLACE} and a label")
        yield row


def _columns(row: Mapping[str, Any], label: str | None) -> _Columns:
    """Return which column says what, from the first row."""
    if _PLACE not in row:
        raise ValueError(f"there is no column {_PLACE} (columns: {_names(row)})")
    others = [name for name in row if name not in (_PLACE, _SPLIT)]
    known = [name for name in ((label,) if label else _LABELS) if name in row]
    if not known and label is None and len(others) == 1:
        known = others
    if not known:
        wanted = label or "label"
        raise ValueError(f"there is no column {wanted} with the class (columns: {_names(row)})")
    return _Columns(known[0], _SPLIT in row)


def _names(row: Mapping[str, Any]) -> str:
    return repr(_short(", ".join(map(str, row))))


def _entry(row: Mapping[str, Any], columns: _Columns) -> Entry:
    place = row.get(_PLACE)
    if not isinstance(place, str):
        raise ValueError(f"{_PLACE} is missing or no text")
    try:
        place = tidy_place(place)
    except ValueError as error:
        raise ValueError(f"{_PLACE} {_short(place)!r} {error}") from error
    if len(place) > _LONGEST:
        raise ValueError(f"{_PLACE} has more than {_LONGEST} letters")
    return Entry(place, _label(row, columns.label), _part(row, place, columns))


def _label(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{column} must be one class, a text or a whole number, got {value!r:.60}")
    label = str(value).strip()
    if not label or len(label) > _LONGEST or not label.isprintable():
        raise ValueError(f"{column} must be a name of 1 to {_LONGEST} printable letters")
    return label


def _part(row: Mapping[str, Any], place: str, columns: _Columns) -> Part | None:
    """Return the part that a column names, or else the first folder on the way."""
    if not columns.has_split:
        return PARTS.get(place.split("/")[0].lower()) if "/" in place else None
    value = row.get(_SPLIT)
    part = PARTS.get(value.strip().lower()) if isinstance(value, str) else None
    if part is None:
        raise ValueError(f"{_SPLIT} must be train, validation or test, got {value!r:.60}")
    return part


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
