"""What a cut-out leaves of the background: a shadow, the edge of a table, a corner of the wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import ByteArray, FloatArray


def leftover(
    images: ByteArray, level: FloatArray, degrees: FloatArray, reach: FloatArray
) -> ByteArray:
    """Return `images` with a ramp of grey where they are black.

    Args:
        images: (batch, height, width, channel).
        level: (batch,) the brightest grey, 0 to 255, at the picture's rim.
        degrees: (batch,) where the ramp comes from, counter-clockwise from the right.
        reach: (batch,) how far it comes in: 1 to the centre, 2 to the far side.
    """
    height, width = images.shape[1:3]
    y = np.linspace(1, -1, height, dtype=np.float32)[:, np.newaxis]
    x = np.linspace(-1, 1, width, dtype=np.float32)
    angle = np.deg2rad(degrees).astype(np.float32)[:, np.newaxis, np.newaxis]
    reach = reach.astype(np.float32)[:, np.newaxis, np.newaxis]
    towards = np.cos(angle) * x + np.sin(angle) * y
    ramp = np.clip((towards - 1) / reach + 1, 0, 1)
    grey = np.rint(ramp * level.astype(np.float32)[:, np.newaxis, np.newaxis]).astype(np.uint8)
    return np.where(images == 0, grey[..., np.newaxis], images)


@dataclass(frozen=True)
class Leftover:
    """Leave some background in a share of the pictures.

    Attributes:
        chance: the share of pictures.
        brightest: the brightest that the background may be, 0 to 255.
    """

    chance: float = 0.3
    brightest: float = 120.0

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw where it comes from, how bright and how far, and leave it."""
        n = len(images)
        level = rng.uniform(0, self.brightest, n) * (rng.random(n) < self.chance)
        return leftover(images, level, rng.uniform(0, 360, n), rng.uniform(0.2, 2, n))
