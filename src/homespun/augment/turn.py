"""Turned and scaled pictures: nobody holds a camera quite straight, or always as far away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import Array, ByteArray, FloatArray, IntArray


def turn(images: ByteArray, degrees: FloatArray, scale: FloatArray) -> ByteArray:
    """Return `images` turned about their centre and scaled, by bilinear interpolation.

    Args:
        images: (batch, height, width, channel); what comes in from outside is 0.
        degrees: (batch,) counter-clockwise.
        scale: (batch,) above 1 enlarges.
    """
    n, height, width, channel = images.shape
    angle = np.deg2rad(degrees)
    cos, sin = (
        (part / scale).astype(np.float32)[:, np.newaxis, np.newaxis]
        for part in (np.cos(angle), np.sin(angle))
    )
    y = np.arange(height, dtype=np.float32)[:, np.newaxis] - (height - 1) / 2
    x = np.arange(width, dtype=np.float32) - (width - 1) / 2
    top, from_top = _whole_and_rest(cos * y + sin * x + (height - 1) / 2, height)
    left, from_left = _whole_and_rest(cos * x - sin * y + (width - 1) / 2, width)
    padded = np.zeros((n, height + 3, width + 3, channel), np.uint8)
    padded[:, 1:-2, 1:-2] = images
    pixels = padded.reshape(-1, channel)
    row = width + 3
    corner = (np.arange(n)[:, np.newaxis, np.newaxis] * (height + 3) + top) * row + left
    upper = _between(pixels.take(corner, 0), pixels.take(corner + 1, 0), from_left)
    lower = _between(pixels.take(corner + row, 0), pixels.take(corner + row + 1, 0), from_left)
    turned: ByteArray = np.rint(_between(upper, lower, from_top)).astype(np.uint8)
    return turned


def _whole_and_rest(place: FloatArray, size: int) -> tuple[IntArray, FloatArray]:
    """Return the pixel before each place, in a picture with one more in front, and how far on."""
    place = np.clip(place, -1, size) + 1
    whole = place.astype(np.int32)
    return whole, (place - whole)[..., np.newaxis]


def _between(a: Array, b: Array, share: FloatArray) -> FloatArray:
    """Return a where `share` is 0, b where it is 1, and what lies between elsewhere."""
    a = a.astype(np.float32)
    between: FloatArray = a + share * (b - a)
    return between


@dataclass(frozen=True)
class Turn:
    """Turn every picture by up to `degrees` either way, and scale it by up to `scale` either way.

    Attributes:
        degrees: the largest turn.
        scale: the largest change of size: 0.1 means from 1/1.1 to 1.1 times.
    """

    degrees: float = 10.0
    scale: float = 0.1

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw angles and sizes, and turn."""
        degrees = rng.uniform(-self.degrees, self.degrees, len(images))
        largest = np.log1p(self.scale)
        return turn(images, degrees, np.exp(rng.uniform(-largest, largest, len(images))))
