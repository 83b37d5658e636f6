"""The recipe `photo`: the network of `good`, trained to meet photos that others took."""

from __future__ import annotations

from dataclasses import replace

from homespun.augment import Blur, Cut, Flip, Leftover, Negative, Shift, Tone, Turn
from homespun.models.good import good
from homespun.training import Plan


def photo(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    """Return the plan of `good` with pictures that vary as photos do.

    Preparation brings a photo near the training pictures; these changes are for what it cannot
    mend: dark cloth and light, flat light and harsh, a cut-out that takes too much or leaves some
    background, a camera that was held askew.
    """
    plan = good(
        n_classes=n_classes,
        epochs=epochs,
        total_steps=total_steps,
        batch_size=batch_size,
        seed=seed,
    )
    changes = (
        Flip(),
        Negative(chance=0.3),
        Tone(gamma=0.8, contrast=0.4, brightness=20.0),
        Cut(chance=0.2, most=0.1),
        Leftover(chance=0.3, brightest=120.0),
        Blur(most=1.0, sharpest=0.3),
        Turn(degrees=12.0, scale=0.15),
        Shift(1),
    )
    return replace(plan, augmentation=changes)
