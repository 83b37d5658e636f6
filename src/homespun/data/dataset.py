"""Pictures with their labels: what every reader returns and every training run takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np

from homespun.data.stored_images import StoredImages
from homespun.errors import ShapeError
from homespun.types import Array, IntArray

_PIXEL_TYPES = (np.uint8, np.float32, np.float64)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures, their labels and the names of the classes.

    Attributes:
        images: uint8, float32 or float64 of shape (n_samples, height, width, channel).
        labels: class indices of shape (n_samples,), from 0 to len(class_names) - 1; or, where a
            picture may belong to any number of classes, 0 and 1 of shape (n_samples, n_classes).
        class_names: the name of each class, in the order of the indices.
        held_out: (n_held_out,) the samples to validate with, where that is settled with the data;
            None leaves it to whoever trains.
        about: where the data come from; plain JSON values, which records of runs keep.

    Raises:
        ShapeError: shapes or types that do not fit together, or a label without a name.
    """

    images: Array
    labels: IntArray
    class_names: tuple[str, ...]
    held_out: IntArray | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype not in _PIXEL_TYPES:
            raise ShapeError(
                "Dataset: expected uint8 or float images of shape (n_samples, height, width, "
                f"channel), got {self.images.dtype} of shape {self.images.shape}"
            )
        n = len(self.images)
        if self.labels.shape not in ((n,), (n, self.n_classes)):
            raise ShapeError(
                f"Dataset: expected one label for each of {n} images, or a row of "
                f"{self.n_classes} zeros and ones, got labels of shape {self.labels.shape}"
            )
        if not np.issubdtype(self.labels.dtype, np.integer):
            raise ShapeError(f"Dataset: expected whole-number labels, got {self.labels.dtype}")
        largest = self.n_classes - 1 if self.labels.ndim == 1 else 1
        if self.labels.size and not 0 <= self.labels.min() <= self.labels.max() <= largest:
            raise ShapeError(
                f"Dataset: labels must lie between 0 and {largest}, "
                f"got {self.labels.min()} to {self.labels.max()}"
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return len(self.class_names)

    def take(self, indices: Array | slice) -> Dataset:
        """Return the data set of the chosen samples, in the order of `indices`.

        It is another data set: what was held out of this one, and where it came from, is not told.
        """
        if isinstance(self.images, StoredImages):
            return stored_dataset(
                self.images.choose(indices), self.labels[indices], self.class_names
            )
        return Dataset(self.images[indices], self.labels[indices], self.class_names)

    def in_memory(self) -> Dataset:
        """Return the same samples with their pictures in an array, wherever they are now."""
        if not isinstance(self.images, StoredImages):
            return self
        return replace(self, images=self.images[:])


def stored_dataset(images: StoredImages, labels: IntArray, class_names: tuple[str, ...]) -> Dataset:
    """Return the data set of pictures that stay on the disk; they are read as an array's are.

    Raises:
        ShapeError: labels that do not fit, or a label without a name.
    """
    return Dataset(cast(Array, images), labels, class_names)
