"""Mirrored pictures: a shoe that looks left is a shoe that looks right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import Array, ByteArray


def flip(images: ByteArray, mirrored: Array) -> ByteArray:
    """Return `images` with those mirrored left to right where `mirrored` (batch,) is true."""
    return np.where(mirrored[:, np.newaxis, np.newaxis, np.newaxis], images[:, :, ::-1], images)


@dataclass(frozen=True)
class Flip:
    """Mirror every second picture, on average, left to right."""

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw which pictures to mirror, and mirror them."""
        return flip(images, rng.random(len(images)) < 0.5)
