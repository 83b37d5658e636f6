"""The recipe `tiny`: as far as fewer than 100,000 weights go, given time."""

from __future__ import annotations

from homespun.augment import Erase, Flip, Shift
from homespun.models.convolutional import Channels, convolutions
from homespun.nn import Chain, Dense, GlobalMaxPool, SoftmaxCrossEntropy
from homespun.optim import ExponentialMovingAverage, Nesterov, OneCycle
from homespun.training import Plan


def tiny(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    """Return the plan: five convolutions of few channels, with what pays in long runs.

    As many weights in three wide convolutions, as `good` has them, learn less.
    """
    channels: Channels = (32, "pool", 48, 48, "pool", 64, 56)
    return Plan(
        network=Chain(*convolutions(channels), GlobalMaxPool(), Dense(n_classes)),
        loss=SoftmaxCrossEntropy(label_smoothing=0.1),
        optimizer=Nesterov(weight_decay=5e-4),
        schedule=OneCycle(lr=0.1, total_steps=total_steps),
        average=ExponentialMovingAverage(0.999),
        augmentation=(Flip(), Shift(1), Erase()),
        epochs=epochs,
        batch_size=batch_size,
        shard_size=32,
        seed=seed,
    )
