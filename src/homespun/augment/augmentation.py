"""What random changes of pictures have in common: a picture's class stays as it is.

A network that sees pictures changed learns to ignore the change. Each change is a pure function of
(images, choices); its class draws the choices.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from homespun.types import ByteArray


class Augmentation(Protocol):
    """A random change of uint8 images (batch, height, width, channel)."""

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Return changed copies of `images`; the choices are drawn from `rng`."""
        ...
