"""Pictures and their labels come in two IDX files: here they meet, if they belong together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from homespun.data.dataset import Dataset
from homespun.data.idx import read_idx
from homespun.errors import DataError
from homespun.types import ByteArray

_DIMENSIONS_AT = 3
_FIRST_COUNT_AT = 4
_FIRST_LABEL_AT = 8


def read_idx_dataset(
    images_path: Path | str, labels_path: Path | str, class_names: Sequence[str]
) -> Dataset:
    """Return the pictures of one IDX file with the labels of another.

    Args:
        images_path: IDX file of shape (n_samples, height, width) for grey pictures, or
            (n_samples, height, width, channel).
        labels_path: IDX file of shape (n_samples,), class indices.
        class_names: the name of each class.

    Raises:
        DataError: a file is not sound IDX, has the wrong number of dimensions, holds another
            number of samples than its partner, or a label without a name.
        FileError: a file is missing or may not be read.
    """
    images = read_idx_images(images_path)
    labels = read_idx(labels_path)
    if labels.ndim != 1:
        raise DataError(
            labels_path,
            f"expected labels in one dimension, got {labels.ndim}: are these pictures?",
            _DIMENSIONS_AT,
        )
    if len(labels) != len(images):
        raise DataError(
            labels_path,
            f"expected a label for each of the {len(images):,} pictures in {images_path}, "
            f"got {len(labels):,}: name two files that belong together",
            _FIRST_COUNT_AT,
        )
    nameless = np.flatnonzero(labels >= len(class_names))
    if len(nameless):
        raise DataError(
            labels_path,
            f"expected labels from 0 to {len(class_names) - 1}, got {labels[nameless[0]]}: "
            "the file belongs to other classes",
            _FIRST_LABEL_AT + int(nameless[0]),
        )
    return Dataset(images, labels.astype(np.int64), tuple(class_names))


def read_idx_images(path: Path | str) -> ByteArray:
    """Return the pictures of an IDX file: uint8 of shape (n_samples, height, width, channel).

    Raises:
        DataError: the file is not sound IDX, or has neither three nor four dimensions.
        FileError: the file is missing or may not be read.
    """
    images = read_idx(path)
    if images.ndim not in (3, 4):
        raise DataError(
            path,
            "expected pictures in three or four dimensions (n_samples, height, width and "
            f"perhaps channel), got {images.ndim}: are these labels?",
            _DIMENSIONS_AT,
        )
    return images if images.ndim == 4 else images[..., np.newaxis]
