"""A folder of pictures as data sets: one to train on, one to judge by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from homespun.data.dataset import Dataset
from homespun.data.fetch import Say, say_nothing
from homespun.data.folder.layout import BY_CLASS, holds_folders
from homespun.data.folder.listing import Listing, Skipped, in_order
from homespun.data.folder.manifest import SPLITS, Manifest, Split
from homespun.data.folder.opened import Opened, Wishes, open_folder
from homespun.errors import DataError, SettingError


@dataclass(frozen=True, eq=False)
class FolderData:
    """The pictures of a folder, ready to train on.

    Attributes:
        training_file: what is learnt from and what is validated by; `held_out` says which.
        test: what only judges, or None if there are too few pictures to set some aside.
        manifest: which picture is in which part.
        skipped: the files that could not be read, and why.
        empty_classes: names of classes without a picture that can be read; they are left out.
        why: how size and channels were chosen, in words.
    """

    training_file: Dataset
    test: Dataset | None
    manifest: Manifest
    skipped: tuple[Skipped, ...]
    empty_classes: tuple[str, ...]
    why: str

    @property
    def train(self) -> Dataset:
        """The part that is learnt from."""
        data = self.training_file
        held_out = np.arange(0) if data.held_out is None else data.held_out
        return data.take(np.delete(np.arange(len(data)), held_out))

    @property
    def validation(self) -> Dataset | None:
        """The part that is validated by; None if there is none."""
        held_out = self.training_file.held_out
        if held_out is None or not len(held_out):
            return None
        return self.training_file.take(held_out)

    @property
    def judged(self) -> Dataset:
        """The part that accuracy is of: the test part, or else the validation part."""
        judged = self.validation if self.test is None else self.test
        assert judged is not None, "load_folder lets no such folder pass"
        return judged


def load_folder(
    path: Path | str,
    *,
    image_size: int | None = None,
    channels: int | None = None,
    seed: int = 0,
    n_validation: int | None = None,
    manifest: Manifest | None = None,
    label: str | None = None,
    cache: Path | None = None,
    threads: int | None = None,
    say: Say = say_nothing,
) -> FolderData:
    """Return the pictures in a folder, decoded and parted; nothing in the folder is changed.

    How the folder tells classes and parts: see `list_folder`. Pictures of any size are fitted, in
    proportion, into squares. They are decoded once and kept in the user's cache. Parts that the
    folder does not give are cut by class, with duplicates and near duplicates on one side: 15% to
    validate by, and 15% to test on if that makes 50 pictures at least.

    Args:
        path: the folder.
        image_size: pixels a side, 8 to 512; by default the pictures' own, 32 at most.
        channels: 1 for grey or 3 for colour; by default what the pictures have.
        seed: of the cut.
        n_validation: how many pictures to hold out for validation, instead of 15%.
        manifest: which pictures to take and how they are parted, from another time.
        label: the column of the class in a metadata file, if its name is unusual.
        cache: where decoded pictures are kept, instead of the user's cache.
        threads: how many to decode with; as many as there are cores by default.
        say: is called with each line of progress.

    Raises:
        DataError: the folder has no known layout, fewer than two classes, too few pictures to hold
            any out, or no longer the pictures of the manifest; or its metadata file is not sound.
        FileError: the folder cannot be read, or the cache not be written.
        MissingExtraError: the metadata file is Parquet, and pyarrow is not installed.
        SettingError: a size or number of channels that pictures cannot have.
    """
    if n_validation is not None and n_validation < 0:
        raise SettingError(f"n_validation must not be negative, got {n_validation}")
    wishes = Wishes(image_size, channels, label, cache, threads)
    opened = open_folder(path, wishes, say, _refuse_one_class)
    if manifest is None:
        manifest = opened.cut(seed, n_validation)
    return _parted(opened, manifest)


def _parted(opened: Opened, manifest: Manifest) -> FolderData:
    """Return the pictures of the manifest as data sets."""
    by_split = _by_split(opened, manifest)
    training = sorted(by_split["train"] + by_split["validation"])
    names = _class_names(opened, by_split)
    about = {
        "source": "folder",
        "layout": opened.listing.layout,
        "manifest": manifest.sha256(),
        "n_test": len(by_split["test"]),
        "n_left_out": len(by_split["left out"]),
        "judged_on": "test part" if by_split["test"] else "validation part",
    }
    pictures = opened.dataset(training, names)
    return FolderData(
        training_file=Dataset(
            images=pictures.images,
            labels=pictures.labels,
            class_names=names,
            held_out=np.flatnonzero(np.isin(training, by_split["validation"])),
            about=about,
        ),
        test=opened.dataset(by_split["test"], names) if by_split["test"] else None,
        manifest=manifest,
        skipped=opened.skipped,
        empty_classes=opened.empty_classes,
        why=opened.choice.why,
    )


def _by_split(opened: Opened, manifest: Manifest) -> dict[Split, list[int]]:
    """Return the entries of each part.

    Raises:
        DataError: a picture of the manifest is gone or is another one now; or there are too few
            to learn from or to judge by.
    """
    root = opened.listing.root
    where = {opened.listing.entries[i].place: i for i in opened.readable()}
    gone = [row.place for row in manifest.rows if row.place not in where]
    if gone:
        raise DataError(
            root,
            f"{gone[0]}{_and_more(gone)} cannot be read any more, but belongs to the parts of "
            "another time; bring it back",
        )
    other = [row.place for row in manifest.rows if opened.survey.digest(where[row.place]) != row[1]]
    if other:
        raise DataError(
            root,
            f"{other[0]}{_and_more(other)} is another picture than when the parts were cut; "
            "bring the old one back",
        )
    found: dict[Split, list[int]] = {split: [] for split in SPLITS}
    for row in manifest.rows:
        found[row.split].append(where[row.place])
    if not found["train"]:
        raise DataError(root, "has no pictures to train on")
    if not found["validation"] and not found["test"]:
        raise DataError(
            root,
            f"has {len(found['train'])} pictures, too few to judge by: a class must have two "
            "different ones at least, and some must be held out",
        )
    return found


def _class_names(opened: Opened, by_split: dict[Split, list[int]]) -> tuple[str, ...]:
    """Return the classes that can be learnt, in order.

    Raises:
        DataError: there are fewer than two, or others are only judged.
    """
    labels = {
        split: {opened.listing.entries[i].label for i in chosen}
        for split, chosen in by_split.items()
    }
    learnt = labels["train"]
    unknown = (labels["validation"] | labels["test"]) - learnt
    if unknown:
        raise DataError(
            opened.listing.root,
            f"class {min(unknown)} has pictures to validate or test, but none to train on",
        )
    if len(learnt) < 2:
        raise _one_class(opened.listing, min(learnt))
    return in_order(learnt)


def _refuse_one_class(listing: Listing) -> None:
    names = {entry.label for entry in listing.entries}
    if len(names) < 2:
        raise _one_class(listing, min(names))


def _one_class(listing: Listing, name: str) -> DataError:
    hint = "name a folder with one for each class"
    if listing.layout == BY_CLASS and holds_folders(listing.root / name):
        hint = f"did you mean {listing.root / name}?"
    return DataError(listing.root, f"has pictures of one class only ({name}); {hint}")


def _and_more(places: list[str]) -> str:
    return f" (and {len(places) - 1:,} more)" if len(places) > 1 else ""
