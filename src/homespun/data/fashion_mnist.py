"""Fashion-MNIST, the data that homespun learns from first: found, or fetched once and then found.

Xiao, Rasul and Vollgraf (2017), "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
Learning Algorithms".
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from homespun.data import originals
from homespun.data.dataset import Dataset
from homespun.data.fetch import PACKAGE_FOLDER, Say, fetch_fashion_mnist, say_nothing
from homespun.errors import DataError, FileError
from homespun.types import ByteArray

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
"""The ten classes, in the order of the labels."""

FOLDER_VARIABLE = "HOMESPUN_DATA"
"""The environment variable that may name the folder with the four files."""


def load_fashion_mnist(
    folder: Path | str | None = None, say: Say = say_nothing
) -> tuple[Dataset, Dataset]:
    """Return the official training part (60,000 pictures) and test part (10,000).

    The four files are looked for, with or without .gz, in `folder` or the one that HOMESPUN_DATA
    names, and then nowhere else; without either, in the user's cache, then where Debian's package
    puts them; last they are fetched into the cache. Whatever is read must have the SHA-256 of the
    published files.

    Args:
        folder: the folder with the four files.
        say: is called with each line of progress, when something is out of order or fetched.

    Returns:
        Two data sets with images of shape (n_samples, 28, 28, 1), 0 to 255, ten classes.

    Raises:
        DataError: a file in the named folder holds other bytes than the published one.
        FileError: the named folder lacks a file, or the files can neither be found nor fetched.
    """
    named = folder or os.environ.get(FOLDER_VARIABLE)
    if named:
        return _read(Path(named).expanduser())
    cache = cache_folder()
    for place in (cache, PACKAGE_FOLDER):
        if not originals.holds_all(place):
            continue
        try:
            return _read(place)
        except (DataError, FileError) as error:
            say(f"{error}; looking elsewhere")
    fetch_fashion_mnist(cache, say=say)
    return _read(cache)


def cache_folder() -> Path:
    """Return the folder of the user's cache that keeps the fetched files."""
    return user_cache_path("homespun") / "fashion-mnist"


def _read(folder: Path) -> tuple[Dataset, Dataset]:
    train_images, train_labels, test_images, test_labels = (
        file.read(folder) for file in originals.FASHION_MNIST
    )
    return _dataset(train_images, train_labels), _dataset(test_images, test_labels)


def _dataset(images: ByteArray, labels: ByteArray) -> Dataset:
    return Dataset(images[..., np.newaxis], labels.astype(np.int64), CLASS_NAMES)
