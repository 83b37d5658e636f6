"""Changes that only some pictures go through, so that a network keeps sight of plain ones, too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.augment.augmentation import Augmentation
from homespun.types import ByteArray


@dataclass(frozen=True)
class Sometimes:
    """Pass a share of the pictures through all of some changes, and leave the others alone.

    Attributes:
        changes: what the chosen pictures go through, in this order; each keeps their shape.
        chance: the share of pictures that is chosen.
    """

    changes: tuple[Augmentation, ...]
    chance: float = 0.5

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw which pictures to change, and change them."""
        chosen = np.flatnonzero(rng.random(len(images)) < self.chance)
        changed = images[chosen]
        for change in self.changes:
            changed = change(changed, rng)
        result = images.copy()
        result[chosen] = changed
        return result
