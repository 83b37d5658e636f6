"""How a folder tells the class of each picture, and which files in it are pictures at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from homespun.data.folder.listing import PARTS, Entry, Listing, Part, Skipped, in_order
from homespun.data.folder.metadata import find_metadata, read_metadata
from homespun.data.folder.places import Walls, is_ours_to_see, may_be_picture, tidy_place
from homespun.errors import DataError, FileError

BY_CLASS = "a folder for each class"
"""The plainest layout, in words."""

_HOW = (
    "expected a folder for each class with its pictures (or train/, val/ and test/ with such "
    "folders, or a metadata.csv or metadata.jsonl with file_name and label)"
)


def list_folder(root: Path, label: str | None = None) -> Listing:
    """Return the pictures that the folder at `root` holds, by names alone.

    Three layouts: `root/class/picture`; `root/{train,val,test}/class/picture`; a metadata file in
    the folder or in each of its parts. Pictures may lie in further folders within that of their
    class. Hidden files and those of systems (Thumbs.db) are passed over; links that lead out of the
    folder and links to folders are skipped.

    Args:
        root: the folder.
        label: the column of the class in a metadata file; see `read_metadata`.

    Raises:
        FileError: the folder is missing or cannot be read.
        DataError: it has none of these layouts, or its metadata file is not sound.
        MissingExtraError: its metadata file is Parquet, and pyarrow is not installed.
    """
    root = Path(root)
    if not root.is_dir():
        problem = "is not a folder" if root.exists() else "is not there"
        raise FileError(root, f"{problem}; name a folder of pictures")
    if metadata := find_metadata(root):
        entries = read_metadata(metadata, label)
        return _from_entries(root, metadata.name, entries)
    folders = [name for name, is_folder in _look(root) if is_folder]
    parts = _parts(root, folders)
    tables = {name: find_metadata(root / name) for name in parts}
    if parts and any(tables.values()):
        return _from_tables(root, parts, tables, label)
    if parts:
        return _from_folders(root, {f"{name}/": part for name, part in parts.items()})
    return _from_folders(root, {"": None})


def _parts(root: Path, folders: list[str]) -> dict[str, Part]:
    """Return which folder holds which part, or nothing where the folders are classes.

    Raises:
        DataError: two folders hold one part, or there are others beside them.
    """
    parts = {name: PARTS[name.lower()] for name in folders if name.lower() in PARTS}
    if "train" not in parts.values():
        return {}
    others = [name for name in folders if name not in parts]
    if others:
        if len(parts) == 1 and not holds_folders(root / next(iter(parts))):
            return {}  # train is a class among others: there are pictures of trains
        raise DataError(
            root,
            f"has {', '.join(sorted(parts))} beside {', '.join(sorted(others)[:3])}: "
            "parts and classes cannot stand side by side; move one of them away",
        )
    if len(set(parts.values())) < len(parts):
        raise DataError(root, f"has two folders for one part ({', '.join(sorted(parts))})")
    return parts


def holds_folders(folder: Path) -> bool:
    """Return whether there is a folder in the folder."""
    return any(is_folder for _, is_folder in _look(folder))


def _from_entries(root: Path, layout: str, entries: list[Entry]) -> Listing:
    walls = Walls(root)
    problems = ((entry, walls.problem(entry.place)) for entry in entries)
    told = [(entry, problem) for entry, problem in problems]
    return Listing(
        root=root,
        layout=layout,
        entries=tuple(sorted(entry for entry, problem in told if problem is None)),
        class_names=in_order({entry.label for entry in entries}),
        skipped=tuple(Skipped(entry.place, problem) for entry, problem in told if problem),
        n_other=0,
    )


def _from_tables(
    root: Path, parts: dict[str, Part], tables: dict[str, Path | None], label: str | None
) -> Listing:
    entries: list[Entry] = []
    for name, part in parts.items():
        table = tables[name]
        if table is None:
            raise DataError(root / name, "has no metadata file, but other parts have one")
        rows = read_metadata(table, label)
        entries += [Entry(f"{name}/{row.place}", row.label, part) for row in rows]
    return _from_entries(root, "metadata files of parts", entries)


def _from_folders(root: Path, starts: dict[str, Part | None]) -> Listing:
    """Return the pictures under `start/class/` for each start; a start is a part, or the root."""
    walls = Walls(root)
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    names: set[str] = set()
    n_other = 0
    for start, part in starts.items():
        for name, is_folder in _look(root / start):
            if not is_folder:
                n_other += 1
                continue
            try:
                tidy_place(name)
            except ValueError as error:
                skipped.append(Skipped(ascii(start + name), str(error)))
                continue
            if os.path.islink(root / start / name):
                skipped.append(Skipped(start + name, "is a link to a folder; links are for files"))
                continue
            names.add(name)
            for place, problem in _walk(root, f"{start}{name}", walls):
                if problem == "":
                    n_other += 1
                elif problem:
                    skipped.append(Skipped(place, problem))
                else:
                    entries.append(Entry(place, name, part))
    if not names:
        raise DataError(root, f"{_HOW}, got {n_other} files and no folders")
    layout = BY_CLASS if "" in starts else f"{BY_CLASS} in each part"
    return Listing(root, layout, tuple(sorted(entries)), in_order(names), tuple(skipped), n_other)


def _walk(root: Path, folder: str, walls: Walls) -> Iterator[tuple[str, str | None]]:
    """Yield each file's place and what is wrong with it: None for nothing, "" for no picture."""
    waiting = [folder]
    while waiting:
        folder = waiting.pop()
        for name, is_folder in _look(root / folder):
            place = f"{folder}/{name}"
            try:
                tidy_place(place)
            except ValueError as error:
                yield ascii(place), str(error)
                continue
            if is_folder and os.path.islink(root / place):
                yield place, "is a link to a folder; links are for files"
            elif is_folder:
                waiting.append(place)
            elif not may_be_picture(name):
                yield place, ""
            else:
                yield place, walls.problem(place)


def _look(folder: Path) -> list[tuple[str, bool]]:
    """Return the names in a folder, in order, each with whether it is a folder."""
    try:
        with os.scandir(folder) as found:
            return sorted((one.name, one.is_dir()) for one in found if is_ours_to_see(one.name))
    except OSError as error:
        raise FileError(folder, f"cannot be read ({error.strerror})") from error
