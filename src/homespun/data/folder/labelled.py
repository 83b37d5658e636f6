"""The pictures of a folder to judge a model by that was made elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from homespun.data.dataset import Dataset
from homespun.data.fetch import Say, say_nothing
from homespun.data.folder.listing import Listing, Skipped
from homespun.data.folder.opened import Opened, Wishes, open_folder
from homespun.data.photo.preparation import Preparation
from homespun.errors import DataError, SettingError
from homespun.types import Shape


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures with labels, in a model's shape and with its classes.

    Attributes:
        dataset: the pictures.
        part: "test part" where the folder has one, else "whole folder".
        n_known: pictures that were left out since the model was made with them.
        skipped: the files that could not be read, and why.
    """

    dataset: Dataset
    part: str
    n_known: int
    skipped: tuple[Skipped, ...]


def load_labelled(
    path: Path | str,
    class_names: Sequence[str],
    in_shape: Shape,
    *,
    preparation: Preparation | None = None,
    known: Collection[str] = (),
    cache: Path | None = None,
    threads: int | None = None,
    say: Say = say_nothing,
) -> Labelled:
    """Return the test part of a folder as a model sees it, or all of it where it has none.

    Args:
        path: the folder; its layouts are those of `load_folder`.
        class_names: the classes of the model, in their order.
        in_shape: (height, width, channel) of its pictures, a square.
        preparation: what photos go through; fitted in and nothing else by default.
        known: SHA-256 of files that the model was made with, which are left out.
        cache: where decoded pictures are kept, instead of the user's cache.
        threads: how many to decode with.
        say: is called with each line of progress.

    Raises:
        DataError: the folder has no known layout, a class that the model does not know, or no
            picture that it was not made with.
        FileError: the folder cannot be read, or the cache not be written.
        SettingError: the model's pictures are no squares.
    """
    height, width, n_channels = in_shape
    if height != width:
        raise SettingError(
            f"the model takes pictures of {width} x {height}; folders are read for squares alone"
        )
    wishes = Wishes(height, n_channels, cache=cache, threads=threads)
    if preparation is not None:
        wishes = Wishes(height, n_channels, None, cache, threads, preparation)

    def refuse(listing: Listing) -> None:
        strange = {entry.label for entry in listing.entries} - set(class_names)
        if strange:
            raise DataError(
                listing.root,
                f"class {min(strange)} is none that the model knows ({', '.join(class_names)})",
            )

    opened = open_folder(path, wishes, say, refuse)
    chosen, part = _test_part(opened)
    fresh = [i for i in chosen if opened.survey.digest(i) not in known]
    if not fresh:
        raise DataError(opened.listing.root, "holds no picture that the model was not made with")
    dataset = opened.dataset(fresh, class_names)
    return Labelled(dataset, part, len(chosen) - len(fresh), opened.skipped)


def _test_part(opened: Opened) -> tuple[list[int], str]:
    readable = opened.readable()
    test = [i for i in readable if opened.listing.entries[i].part == "test"]
    return (test, "test part") if test else (readable, "whole folder")
