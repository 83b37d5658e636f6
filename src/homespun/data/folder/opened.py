"""A folder whose pictures were all looked at: what loading it and checking it begin with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from homespun.data.dataset import Dataset, stored_dataset
from homespun.data.fetch import Say
from homespun.data.folder.cache import Cache, cache_place
from homespun.data.folder.choices import Choice, choose
from homespun.data.folder.cut import Pile, cut
from homespun.data.folder.decoding import decoded
from homespun.data.folder.facts import Survey
from homespun.data.folder.layout import list_folder
from homespun.data.folder.listing import Listing, Skipped, in_order
from homespun.data.folder.manifest import Manifest, Row
from homespun.data.photo.preparation import Preparation
from homespun.data.stored_images import StoredImages
from homespun.errors import DataError

_IN_MEMORY = 2**28
"""Bytes of pixels that are held in memory at most; more are read from the disk as needed."""


@dataclass(frozen=True)
class Wishes:
    """What a user may say about how a folder is read; see `load_folder`."""

    image_size: int | None = None
    channels: int | None = None
    label: str | None = None
    cache: Path | None = None
    threads: int | None = None
    preparation: Preparation = field(default_factory=Preparation.plain)


@dataclass(frozen=True, eq=False)
class Opened:
    """A folder's pictures, decoded, and what is known of each.

    Attributes:
        listing: the pictures by their names.
        choice: the shape that they were brought to.
        images: a picture for each entry of the listing.
        survey: what is known of each.
    """

    listing: Listing
    choice: Choice
    images: StoredImages
    survey: Survey

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Every file that could not be read, with the reason."""
        entries = self.listing.entries
        unread = (Skipped(entries[i].place, told) for i, told in self.survey.problems.items())
        return tuple(sorted([*self.listing.skipped, *unread]))

    def readable(self) -> list[int]:
        """Return which entries could be read."""
        found: list[int] = np.flatnonzero(self.survey.is_read).tolist()
        return found

    @property
    def empty_classes(self) -> tuple[str, ...]:
        """Names of classes without a picture that could be read."""
        full = {self.listing.entries[i].label for i in self.readable()}
        return tuple(name for name in self.listing.class_names if name not in full)

    def dataset(self, chosen: Sequence[int], class_names: Sequence[str]) -> Dataset:
        """Return the chosen entries; each must have one of these classes."""
        numbers = {name: k for k, name in enumerate(class_names)}
        labels = [numbers[self.listing.entries[i].label] for i in chosen]
        images = self.images.choose(np.array(chosen, dtype=np.int64))
        own, names = np.array(labels, dtype=np.int64), tuple(class_names)
        if images.size <= _IN_MEMORY:
            return Dataset(images[:], own, names)
        return stored_dataset(images, own, names)

    def cut(self, seed: int, n_validation: int | None) -> Manifest:
        """Return the parts of all that could be read, given or cut."""
        chosen = self.readable()
        entries = [self.listing.entries[i] for i in chosen]
        names = {name: k for k, name in enumerate(in_order({entry.label for entry in entries}))}
        digests = [self.survey.digest(i) for i in chosen]
        pile = Pile(
            labels=np.array([names[entry.label] for entry in entries], dtype=np.int64),
            groups=self.survey.facts["group"][chosen],
            digests=digests,
            parts=[entry.part for entry in entries],
        )
        splits = cut(pile, seed, n_validation)
        rows = zip(entries, digests, splits, strict=True)
        return Manifest(tuple(Row(entry.place, digest, split) for entry, digest, split in rows))


def open_folder(
    path: Path | str, wishes: Wishes, say: Say, refuse: Callable[[Listing], None] | None = None
) -> Opened:
    """Return the folder at `path` with its pictures decoded, or as they were decoded before.

    `refuse` may raise an error for what is listed before hours are spent on decoding it.

    Raises:
        DataError: it has no known layout, or no picture in it can be read.
        FileError: it cannot be read, or the cache cannot be written.
        MissingExtraError: its metadata file is Parquet, and pyarrow is not installed.
        SettingError: a size or number of channels that pictures cannot have.
    """
    listing = list_folder(Path(path), wishes.label)
    if not listing.entries:
        raise DataError(listing.root, _nothing(listing))
    if refuse is not None:
        refuse(listing)
    cache = Cache(cache_place(wishes.cache, say), listing, wishes.preparation)
    wished = (wishes.image_size, wishes.channels)
    choice = cache.choice(*wished)
    if choice is None:
        choice = choose(listing, *wished, wishes.threads)
        cache.keep_choice(*wished, choice)
    images, survey = decoded(listing, choice.in_shape, cache, wishes.threads, say)
    if not survey.is_read.any():
        first = listing.entries[0].place
        raise DataError(
            listing.root, f"holds no picture that can be read ({first}: {survey.problems[0]})"
        )
    return Opened(listing, choice, images, survey)


def _nothing(listing: Listing) -> str:
    """Return why a listing is empty, in a few words."""
    if listing.skipped:
        first = listing.skipped[0]
        return f"holds no picture that can be read ({first.place} {first.reason})"
    return f"holds no pictures in its folders ({', '.join(listing.class_names[:3])})"
