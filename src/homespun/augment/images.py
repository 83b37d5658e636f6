"""Random changes that leave a picture's class as it is, so that a network learns to ignore them.

Each change is a pure function of (images, choices); the choices are drawn by its class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from homespun.types import Array, ByteArray


class Augmentation(Protocol):
    """A random change of uint8 images (batch, height, width, channel)."""

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Return changed copies of `images`; the choices are drawn from `rng`."""
        ...


def flip(images: ByteArray, mirrored: Array) -> ByteArray:
    """Return `images` with those mirrored left to right where `mirrored` (batch,) is true."""
    return np.where(mirrored[:, np.newaxis, np.newaxis, np.newaxis], images[:, :, ::-1], images)


def shift(images: ByteArray, down: Array, right: Array, most: int) -> ByteArray:
    """Return `images` moved by whole pixels, up to `most` each way; what comes in is 0.

    Args:
        images: (batch, height, width, channel).
        down: (batch,) pixels from -most to most.
        right: (batch,) pixels from -most to most.
        most: the largest move.
    """
    n, height, width, channel = images.shape
    padded = np.zeros((n, height + 2 * most, width + 2 * most, channel), images.dtype)
    padded[:, most : most + height, most : most + width] = images
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    moved = windows[np.arange(n), most - down, most - right]
    return np.moveaxis(moved, 1, -1)


@dataclass(frozen=True)
class Flip:
    """Mirror every second picture, on average, left to right."""

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw which pictures to mirror, and mirror them."""
        return flip(images, rng.random(len(images)) < 0.5)


@dataclass(frozen=True)
class Shift:
    """Move every picture by up to `most` whole pixels down or up, and left or right."""

    most: int = 2

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw the moves, and move."""
        down, right = rng.integers(-self.most, self.most, (2, len(images)), endpoint=True)
        return shift(images, down, right, self.most)
