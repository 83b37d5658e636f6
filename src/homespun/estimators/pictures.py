"""What scikit-learn's users bring as X, and what the network sees: rows of numbers, and pictures.

Rows are what scikit-learn checks and counts; pictures are the same memory in another shape.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from homespun.types import Array, Shape

PIXEL_TYPES = (np.float64, np.float32, np.uint8)
"""What X may hold; any other kind of number becomes the first of these."""


def rows_of(X: Any) -> tuple[Any, Shape | None]:
    """Return X with each picture laid out as a row, and the pictures' shape.

    Only arrays of shape (n, height, width) or (n, height, width, channel), or lists that make
    some, are changed; for all others the shape is None.
    """
    if isinstance(X, list) and np.ndim(X[:1]) > 2:
        X = np.asarray(X)
    if isinstance(X, np.ndarray) and X.ndim in (3, 4):
        return X.reshape(len(X), -1) if len(X) else X[:, :, 0], with_channel(X.shape[1:])
    return X, None


def with_channel(shape: Sequence[int]) -> Shape:
    """Return (height, width, channel); grey pictures have one channel."""
    height, width, channel = (*shape, 1)[:3]
    return int(height), int(width), int(channel)


def in_shape_of(
    n_features: int, image_shape: Sequence[int] | None, shape: Shape | None, name: str
) -> Shape:
    """Return (height, width, channel) of what a row of `n_features` stands for.

    Without `image_shape` and without pictures in X, a row is one pixel with a channel for each
    feature, so that each feature is scaled by itself.

    Raises:
        ValueError: `image_shape`, the pictures and the number of features contradict each other.
    """
    if image_shape is None:
        return shape or (1, 1, n_features)
    if len(image_shape) not in (2, 3):
        raise ValueError(
            f"{name}: image_shape must be (height, width) or (height, width, channel), "
            f"got {image_shape!r}"
        )
    wanted = with_channel(image_shape)
    if math.prod(wanted) != n_features or shape not in (None, wanted):
        raise ValueError(
            f"{name}: image_shape {tuple(image_shape)} asks for {math.prod(wanted)} features, "
            f"but X has {n_features} features" + (f" in pictures of shape {shape}" if shape else "")
        )
    return wanted


def check_shape(shape: Shape | None, in_shape: Shape, name: str) -> None:
    """Refuse pictures of another shape; rows have none, and scikit-learn counts their features.

    Raises:
        ValueError: they have another shape.
    """
    if shape not in (None, in_shape):
        raise ValueError(
            f"X has pictures of shape {shape}, but {name} is expecting pictures of shape "
            f"{in_shape} as input"
        )


def as_images(rows: Array, in_shape: Shape) -> Array:
    """Return rows (n_samples, n_features) as pictures (n_samples, height, width, channel)."""
    return rows.reshape(len(rows), *in_shape)
