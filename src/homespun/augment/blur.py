"""Blurred and sharpened pictures: cameras focus as they like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import ByteArray, FloatArray


def blur(images: ByteArray, amount: FloatArray) -> ByteArray:
    """Return `images` mixed with what they are after blurring with (1 2 1) / 4 down and across.

    Args:
        images: (batch, height, width, channel); at the edges the outermost pixel is repeated.
        amount: (batch,) 0 changes nothing, 1 is the blurred picture, below 0 sharpens.
    """
    x = images.astype(np.float32)
    soft = _soften(_soften(x, 1), 2)
    mixed = x + amount.astype(np.float32)[:, np.newaxis, np.newaxis, np.newaxis] * (soft - x)
    return np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)


def _soften(x: FloatArray, axis: int) -> FloatArray:
    """Return (1 2 1) / 4 along an axis."""
    last = x.shape[axis] - 1
    places = np.arange(last + 1)
    before, after = np.maximum(places - 1, 0), np.minimum(places + 1, last)
    soft: FloatArray = (x.take(before, axis) + 2 * x + x.take(after, axis)) / 4
    return soft


@dataclass(frozen=True)
class Blur:
    """Blur or sharpen every picture.

    Attributes:
        most: the largest amount of blur.
        sharpest: the largest amount of sharpening.
    """

    most: float = 1.0
    sharpest: float = 0.5

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw the amounts, and blur."""
        return blur(images, rng.uniform(-self.sharpest, self.most, len(images)))
