"""Cutting pictures into parts: each class gives its share, and twins stay together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homespun.data.folder.listing import Part
from homespun.data.folder.manifest import Split
from homespun.data.split import quotas
from homespun.types import IntArray

VALIDATION_SHARE = 0.15
TEST_SHARE = 0.15
FEWEST_TO_TEST = 50
"""With fewer pictures to test on, accuracy would be off by 14 points either way (95% interval), so
they are trained on instead, and the validation part has to judge."""


@dataclass(frozen=True, eq=False)
class Pile:
    """Pictures to be cut.

    Attributes:
        labels: (n,) class indices.
        groups: (n,) numbers; pictures of one number stay together.
        digests: the SHA-256 of each picture's file, in hexadecimal.
        parts: the part of each that is given, or None.
    """

    labels: IntArray
    groups: IntArray
    digests: Sequence[str]
    parts: Sequence[Part | None]


def cut(pile: Pile, seed: int, n_validation: int | None = None) -> list[Split]:
    """Return the part of each picture.

    Parts that are given stay as they are, but what has a twin in a part that judges is left out of
    those that are learnt from. Without a given validation part one is cut, of `n_validation`
    pictures or 15%; without any given part besides that for training a test part, too, of 15% if
    that makes at least 50. Each class gives its share as far as groups allow, and keeps at least
    one group to learn from.

    The cut depends on the seed and the files' contents alone, not on names or their order; a
    picture that is added moves few others.
    """
    given = {part for part in pile.parts if part is not None}
    splits: list[Split] = [part or "train" for part in pile.parts]
    _leave_out_twins(pile, splits)
    free = np.array([split == "train" for split in splits])
    n_free = int(free.sum())
    wanted: dict[Split, int] = {}
    if given <= {"train"} and n_free * TEST_SHARE >= FEWEST_TO_TEST:
        wanted["test"] = round(n_free * TEST_SHARE)
    if "validation" not in given:
        share = max(1, round(n_free * VALIDATION_SHARE))
        wanted["validation"] = share if n_validation is None else n_validation
    for split, n in wanted.items():
        for i in _choose(pile, np.array([split == "train" for split in splits]), n, seed):
            splits[i] = split
    return splits


def _leave_out_twins(pile: Pile, splits: list[Split]) -> None:
    """Take what has a twin in a given test or validation part out of what is learnt from."""
    judging: dict[int, int] = {}
    ranks: dict[Split, int] = {"train": 0, "validation": 1, "test": 2}
    for group, split in zip(pile.groups.tolist(), splits, strict=True):
        judging[group] = max(judging.get(group, 0), ranks[split])
    for i, group in enumerate(pile.groups.tolist()):
        if ranks[splits[i]] < judging[group]:
            splits[i] = "left out"


def _choose(pile: Pile, free: IntArray, n: int, seed: int) -> list[int]:
    """Return about `n` of the free pictures, in whole groups, each class its share."""
    members: dict[int, list[int]] = {}
    for i in np.flatnonzero(free).tolist():
        members.setdefault(int(pile.groups[i]), []).append(i)
    by_class: dict[int, list[int]] = {}
    for group, indices in members.items():
        label = int(np.bincount(pile.labels[indices]).argmax())
        by_class.setdefault(label, []).append(group)
    if not by_class or n <= 0:
        return []
    counts = np.array([sum(len(members[g]) for g in groups) for groups in by_class.values()])
    shares = quotas(counts, min(n, int(counts.sum())))
    chosen: list[int] = []
    for groups, share in zip(by_class.values(), shares.tolist(), strict=True):
        order = sorted(groups, key=lambda group: _draw(pile, members[group], seed))
        left, kept = share, len(order)
        for group in order:
            if len(members[group]) <= left and kept > 1:
                chosen += members[group]
                left -= len(members[group])
                kept -= 1
    return chosen


def _draw(pile: Pile, indices: Sequence[int], seed: int) -> str:
    """Return what a group is sorted by: a hash that looks random and belongs to its contents."""
    content = min(pile.digests[i] for i in indices)
    return hashlib.sha256(f"{seed} {content}".encode()).hexdigest()
