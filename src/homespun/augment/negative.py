"""Negatives: a dark shirt and a light one are both shirts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.augment.tone import tone
from homespun.types import Array, ByteArray

_SAME = np.arange(256, dtype=np.uint8)
_NEGATIVE = (256 - np.arange(256)).astype(np.uint8)  # 256 - 0 wraps: black stays black


def negative(images: ByteArray, chosen: Array) -> ByteArray:
    """Return `images` with 1 to 255 turned into 255 to 1 where `chosen` (batch,) is true.

    Black stays black: it is where the picture shows nothing.
    """
    return tone(images, np.where(chosen[:, np.newaxis], _NEGATIVE, _SAME))


@dataclass(frozen=True)
class Negative:
    """Turn a share of the pictures into their negatives, background left out."""

    chance: float = 0.3

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw which pictures to turn, and turn them."""
        return negative(images, rng.random(len(images)) < self.chance)
