"""Moved pictures: a product is what it is, a few pixels to the left as well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import Array, ByteArray


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
class Shift:
    """Move every picture by up to `most` whole pixels down or up, and left or right."""

    most: int = 2

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw the moves, and move."""
        down, right = rng.integers(-self.most, self.most, (2, len(images)), endpoint=True)
        return shift(images, down, right, self.most)
