"""Pictures with their labels: what every reader returns and every training run takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import ShapeError
from homespun.types import Array, ByteArray, IntArray


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures, their labels and the names of the classes.

    Attributes:
        images: uint8 of shape (n_samples, height, width, channel).
        labels: class indices of shape (n_samples,), from 0 to len(class_names) - 1.
        class_names: the name of each class, in the order of the indices.

    Raises:
        ShapeError: shapes or types that do not fit together, or a label without a name.
    """

    images: ByteArray
    labels: IntArray
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != np.uint8:
            raise ShapeError(
                "Dataset: expected uint8 images of shape (n_samples, height, width, channel), "
                f"got {self.images.dtype} of shape {self.images.shape}"
            )
        if self.labels.shape != (len(self.images),):
            raise ShapeError(
                f"Dataset: expected one label for each of {len(self.images)} images, "
                f"got labels of shape {self.labels.shape}"
            )
        if not np.issubdtype(self.labels.dtype, np.integer):
            raise ShapeError(f"Dataset: expected whole-number labels, got {self.labels.dtype}")
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < self.n_classes:
            raise ShapeError(
                f"Dataset: labels must lie between 0 and {self.n_classes - 1}, "
                f"got {self.labels.min()} to {self.labels.max()}"
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return len(self.class_names)

    def take(self, indices: Array | slice) -> Dataset:
        """Return the data set of the chosen samples, in the order of `indices`."""
        return Dataset(self.images[indices], self.labels[indices], self.class_names)
