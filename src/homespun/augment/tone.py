"""Brighter and duller pictures: light and cloth differ, and the shape is what counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import ByteArray, FloatArray

_LEVELS = np.arange(256, dtype=np.float32)


def tone(images: ByteArray, tables: ByteArray) -> ByteArray:
    """Return `images` with each value replaced by what its picture's table says.

    Args:
        images: (batch, height, width, channel).
        tables: (batch, 256) the new value of each value.
    """
    flat = images.reshape(len(images), np.prod(images.shape[1:], dtype=int))
    return np.take_along_axis(tables, flat, axis=1).reshape(images.shape)


def tables_of(gamma: FloatArray, contrast: FloatArray, brightness: FloatArray) -> ByteArray:
    """Return tables (batch, 256): 255 contrast (value / 255) ** gamma + brightness.

    What lies below 0 or above 255 is cut. Black stays black: it is where the picture shows nothing.

    Args:
        gamma: (batch,) above 1 darkens what is between black and white, below 1 brightens it.
        contrast: (batch,) a factor.
        brightness: (batch,) what is added, in 255ths.
    """
    lifted = (_LEVELS / 255) ** gamma[:, np.newaxis] * (255 * contrast[:, np.newaxis])
    tables = np.rint(np.clip(lifted + brightness[:, np.newaxis], 0, 255)).astype(np.uint8)
    tables[:, 0] = 0
    return tables


@dataclass(frozen=True)
class Tone:
    """Change gamma, contrast and brightness of every picture; black stays black.

    Attributes:
        gamma: the largest change: 0.5 means exponents from 1/1.5 to 1.5.
        contrast: the largest change of the factor, likewise.
        brightness: the most that is added or taken, in 255ths.
    """

    gamma: float = 0.2
    contrast: float = 0.2
    brightness: float = 10.0

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw the changes, and look the new values up."""
        n = len(images)
        gamma, contrast = (
            np.exp(rng.uniform(-np.log1p(most), np.log1p(most), n))
            for most in (self.gamma, self.contrast)
        )
        brightness = rng.uniform(-self.brightness, self.brightness, n)
        return tone(images, tables_of(gamma, contrast, brightness))
