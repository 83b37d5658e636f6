"""The recipe `photo`: five convolutions, trained to meet photos that others took."""

from __future__ import annotations

from dataclasses import replace

from homespun.augment import Blur, Cut, Flip, Leftover, Negative, Shift, Sometimes, Tone, Turn
from homespun.models.best import best
from homespun.models.convolutional import Channels, convolutions
from homespun.nn import Chain, Dense, GlobalMaxPool
from homespun.training import Plan


def photo(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    """Return the plan of `best` with a faster network; every second picture varies as photos do.

    Preparation brings a photo near the training pictures; these changes are for what it cannot
    mend: dark cloth and light, flat light and harsh, a cut-out that takes too much or leaves some
    background, a camera that was held askew. The other half stays as it is, mirrored and moved: so
    the network does not pay for them with what it knows of clean pictures.
    """
    plan = best(
        n_classes=n_classes,
        epochs=epochs,
        total_steps=total_steps,
        batch_size=batch_size,
        seed=seed,
    )
    channels: Channels = (32, "pool", 64, 64, "pool", 128, 128)
    network = Chain(*convolutions(channels), GlobalMaxPool(), Dense(n_classes))
    as_photos_vary = (
        Negative(chance=0.3),
        Tone(gamma=0.8, contrast=0.4, brightness=20.0),
        Cut(chance=0.2, most=0.1),
        Leftover(chance=0.3, brightest=120.0),
        Blur(most=1.0, sharpest=0.3),
        Turn(degrees=12.0, scale=0.15),
    )
    augmentation = (Flip(), Sometimes(as_photos_vary), Shift(1))
    return replace(plan, network=network, augmentation=augmentation)
