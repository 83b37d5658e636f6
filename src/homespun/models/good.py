"""The recipe `good`: five convolutions, as far as twelve minutes go."""

from __future__ import annotations

from homespun.augment import Flip, Shift
from homespun.models.convolutional import convolutions
from homespun.models.tiny import CHANNELS
from homespun.nn import Chain, Dense, GlobalMaxPool, SoftmaxCrossEntropy
from homespun.optim import Nesterov, OneCycle
from homespun.training import Plan


def good(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    """Return the plan: the five convolutions of `tiny`, pictures mirrored and moved."""
    return Plan(
        network=Chain(*convolutions(CHANNELS), GlobalMaxPool(), Dense(n_classes)),
        loss=SoftmaxCrossEntropy(label_smoothing=0.1),
        optimizer=Nesterov(weight_decay=5e-4),
        schedule=OneCycle(lr=0.1, total_steps=total_steps),
        augmentation=(Flip(), Shift(1)),
        epochs=epochs,
        batch_size=batch_size,
        shard_size=32,
        seed=seed,
    )
