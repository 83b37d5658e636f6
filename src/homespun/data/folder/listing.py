"""What a folder is said to hold, before a single picture is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

Part: TypeAlias = Literal["train", "validation", "test"]

PARTS: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""What folders that hold a part of the pictures are called, in small letters."""


class Entry(NamedTuple):
    """One picture: its place within the folder, its class, and its part where that is given."""

    place: str
    label: str
    part: Part | None


class Skipped(NamedTuple):
    """A file that is left alone: its place within the folder, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """The pictures of a folder by their names, none of them opened yet.

    Attributes:
        root: the folder.
        layout: how labels are told, in words.
        entries: the pictures, in the order of their places.
        class_names: every class that the folder speaks of, even one without pictures.
        skipped: what looks like a picture and is not to be read.
        n_other: files that are no pictures by their names.
    """

    root: Path
    layout: str
    entries: tuple[Entry, ...]
    class_names: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    n_other: int


def in_order(names: set[str]) -> tuple[str, ...]:
    """Return class names in order: by number where all are numbers, else by letters."""
    if all(name.isascii() and name.isdecimal() and len(name) < 20 for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))
