"""The pictures that a command is asked about: photos, folders, IDX files, numbers in the test file.

They come one after another, so that a folder of any size takes no more memory than a few photos.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from homespun.data import Dataset, Preparation, Prepared, prepare, read_idx_images, read_photo
from homespun.errors import FileError, HomespunError, SettingError
from homespun.models import Model
from homespun.types import ByteArray

PHOTOS = (".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".webp")
"""How names of files end that are taken out of folders."""

_DIGITS = 20
"""More digits than any picture's number has; so long a name is a file's."""
_IDX, _GZIP = b"\0\0", b"\x1f\x8b"
_BOX = b"ftyp"
"""What stands at byte 4 of HEIC and its like, which may begin as an IDX file does."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture on its way to a model, or why there is none.

    Attributes:
        file: what it is called.
        pixels: uint8 of the model's shape; None where it could not be read.
        truth: its class, where that is known.
        error: why there are no pixels.
        prepared: how they came from a photo; None for pictures that were ready.
    """

    file: str
    pixels: ByteArray | None = None
    truth: str | None = None
    error: str | None = None
    prepared: Prepared | None = None


def list_files(names: Sequence[str]) -> list[str]:
    """Return the names with each folder replaced by the photos in it, at any depth, sorted.

    Raises:
        FileError: a folder holds no photo.
    """
    found: list[str] = []
    for name in names:
        if is_number(name) or not os.path.isdir(name):  # which never raises
            found.append(name)
            continue
        photos = sorted(
            path
            for path in Path(name).rglob("*")
            if path.suffix.lower() in PHOTOS and path.is_file()
        )
        if not photos:
            raise FileError(name, f"is a folder without photos ({', '.join(PHOTOS)})")
        found += map(str, photos)
    return found


def is_number(name: str) -> bool:
    """Return whether this is the number of a picture in the test file, and not a file's name."""
    return name.isdecimal() and len(name) < _DIGITS


def read_pictures(
    names: Sequence[str], model: Model, load_test: Callable[[], Dataset]
) -> Iterator[Picture]:
    """Yield the pictures that are named, each as the model takes it; what cannot be read is said.

    Args:
        names: files, or numbers of pictures in the test file.
        model: what they are for.
        load_test: gives the test file; it is called at most once, and only for numbers.

    Raises:
        SettingError: the test file holds no picture of such a number.
    """
    numbers = [int(name) for name in names if is_number(name)]
    test = load_test() if numbers else None
    if test is not None and max(numbers) >= len(test):
        raise SettingError(
            f"picture {max(numbers)}: the test file holds pictures 0 to {len(test) - 1}; "
            "name one of these, or a file"
        )
    for name in names:
        if test is not None and is_number(name):
            number = int(name)
            truth = test.class_names[test.labels[number]]
            yield Picture(f"test file, picture {name}", test.images[number], truth)
            continue
        try:
            yield from _of_file(name, model)
        except (HomespunError, OSError) as error:
            yield Picture(name, error=str(error))


def _of_file(name: str, model: Model) -> Iterator[Picture]:
    if _is_idx(name):
        images = read_idx_images(name)
        if images.shape[1:] != model.in_shape:
            raise SettingError(
                f"{name}: the model takes pictures of shape {model.in_shape}, "
                f"got {images.shape[1:]}"
            )
        for i, pixels in enumerate(images):
            yield Picture(f"{name}, picture {i}", pixels)
        return
    prepared = prepare(read_photo(name), model.in_shape, model.preparation or Preparation())
    yield Picture(name, prepared.pixels, prepared=prepared)


def _is_idx(name: str) -> bool:
    try:
        with open(name, "rb") as file:
            start = file.read(8)
    except (OSError, ValueError):
        return False  # the reader of photos says what is wrong
    return start[:2] in (_IDX, _GZIP) and start[4:] != _BOX
