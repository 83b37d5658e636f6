"""What is wrong with a folder of pictures, before hours are spent on training with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from homespun.data.fetch import Say, say_nothing
from homespun.data.folder.listing import Skipped
from homespun.data.folder.manifest import SPLITS
from homespun.data.folder.opened import Opened, Wishes, open_folder

_ODD = 3.0
"""A side this many times the other is odd: most of the square stays empty."""


class Sized(NamedTuple):
    """A picture whose size is out of the ordinary: its place, width and height."""

    place: str
    width: int
    height: int


@dataclass(frozen=True)
class FolderCheck:
    """What was found in a folder.

    Attributes:
        layout: how labels are told.
        in_shape: (height, width, channel) that the pictures would be trained in, and `why`.
        why: in words.
        counts: for each class, how many pictures each part has; parts that are not given are cut.
        n_other: files that are no pictures by their names.
        unreadable: files that were skipped, and why.
        empty_classes: classes without a picture that can be read.
        tiny: pictures that would be enlarged more than twice.
        odd: pictures with one side three times the other or more.
        exact: groups of files with the same bytes.
        near: groups of pictures that show the same, by their perceptual hashes.
        leaks: groups among these that stand in several of the given parts.
        conflicts: groups among the exact ones that have several labels.
        faults: what should be mended before training, in words.
    """

    layout: str
    in_shape: tuple[int, ...]
    why: str
    counts: dict[str, dict[str, int]]
    n_other: int
    unreadable: tuple[Skipped, ...]
    empty_classes: tuple[str, ...]
    tiny: tuple[Sized, ...]
    odd: tuple[Sized, ...]
    exact: tuple[tuple[str, ...], ...]
    near: tuple[tuple[str, ...], ...]
    leaks: tuple[tuple[str, ...], ...]
    conflicts: tuple[tuple[str, ...], ...]
    faults: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain JSON values."""
        told = asdict(self)
        for name in ("unreadable", "tiny", "odd"):
            told[name] = [one._asdict() for one in getattr(self, name)]
        return {"ok": not self.faults, **told}


def check_folder(
    path: Path | str,
    *,
    label: str | None = None,
    cache: Path | None = None,
    threads: int | None = None,
    say: Say = say_nothing,
) -> FolderCheck:
    """Return what is wrong with the pictures in a folder; the arguments are those of `load_folder`.

    Raises:
        DataError: the folder has no known layout or no picture that can be read, or its metadata
            file is not sound.
        FileError: the folder cannot be read, or the cache not be written.
        MissingExtraError: the metadata file is Parquet, and pyarrow is not installed.
    """
    opened = open_folder(path, Wishes(label=label, cache=cache, threads=threads), say)
    chosen = opened.readable()
    facts, entries = opened.survey.facts, opened.listing.entries
    digests = np.unique([opened.survey.digest(i) for i in chosen], return_inverse=True)[1]
    exact = _groups(digests, chosen)
    both = _groups(facts["group"][chosen], chosen)
    known = {frozenset(group) for group in exact}
    near = [group for group in both if frozenset(group) not in known]
    leaks = [g for g in both if len({entries[i].part for i in g}) > 1]
    conflicts = [g for g in exact if len({entries[i].label for i in g}) > 1]
    counts = _counts(opened)

    def places(groups: Sequence[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(entries[i].place for i in group) for group in groups)

    sized = [
        Sized(entries[i].place, int(facts["width"][i]), int(facts["height"][i])) for i in chosen
    ]
    return FolderCheck(
        layout=opened.listing.layout,
        in_shape=opened.choice.in_shape,
        why=opened.choice.why,
        counts=counts,
        n_other=opened.listing.n_other,
        unreadable=opened.skipped,
        empty_classes=opened.empty_classes,
        tiny=tuple(s for s in sized if 2 * max(s.width, s.height) < opened.choice.side),
        odd=tuple(s for s in sized if _ODD * min(s[1:]) <= max(s[1:])),
        exact=places(exact),
        near=places(near),
        leaks=places(leaks),
        conflicts=places(conflicts),
        faults=_faults(opened, counts, len(leaks), len(conflicts)),
    )


def _groups(numbers: Any, chosen: list[int]) -> list[list[int]]:
    """Return the indices of `chosen` that share a number with others, by group."""
    members: dict[int, list[int]] = {}
    for i, number in zip(chosen, numbers.tolist(), strict=True):
        members.setdefault(number, []).append(i)
    return [group for group in members.values() if len(group) > 1]


def _counts(opened: Opened) -> dict[str, dict[str, int]]:
    labels = {entry.place: entry.label for entry in opened.listing.entries}
    counts = {name: dict.fromkeys(SPLITS, 0) for name in opened.listing.class_names}
    for row in opened.cut(0, None).rows:
        counts[labels[row.place]][row.split] += 1
    return {name: {str(split): n for split, n in row.items()} for name, row in counts.items()}


def _faults(
    opened: Opened, counts: dict[str, dict[str, int]], n_leaks: int, n_conflicts: int
) -> tuple[str, ...]:
    learnt = [name for name, row in counts.items() if row["train"]]
    only_judged = [
        name for name, row in counts.items() if not row["train"] and row["validation"] + row["test"]
    ]
    n_held_out = sum(row["validation"] + row["test"] for row in counts.values())
    faults = [
        ("files that cannot be read", len(opened.skipped)),
        ("classes without a picture that can be read", len(opened.empty_classes)),
        ("classes with pictures to judge by, but none to train on", len(only_judged)),
        ("pictures that are there several times, in different classes", n_conflicts),
        ("pictures with a twin in another of the given parts", n_leaks),
    ]
    told = [f"{what}: {n:,}" for what, n in faults if n]
    if len(learnt) < 2:
        told.append(f"there must be two classes at least to train on, and there are {len(learnt)}")
    if not n_held_out:
        told.append("there are too few pictures to hold any out to judge by")
    return tuple(told)
