"""The recipe `best`: seven convolutions, for the best answers there are here."""

from __future__ import annotations

from homespun.augment import Erase, Flip, Shift
from homespun.models.convolutional import Channels, convolutions
from homespun.nn import Chain, Dense, GlobalMaxPool, SoftmaxCrossEntropy
from homespun.optim import ExponentialMovingAverage, Nesterov, OneCycle
from homespun.training import Plan


def best(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    """Return the plan: 33 M multiply-adds a picture; pictures mirrored, moved, partly erased.

    Three convolutions see the picture at its full size: of what was tried, work before the first
    pool pays most (docs/performance.md).
    """
    channels: Channels = (16, 32, 32, "pool", 64, 64, "pool", 128, 128)
    return Plan(
        network=Chain(*convolutions(channels), GlobalMaxPool(), Dense(n_classes)),
        loss=SoftmaxCrossEntropy(label_smoothing=0.1),
        optimizer=Nesterov(weight_decay=5e-4),
        schedule=OneCycle(lr=0.1, total_steps=total_steps),
        average=ExponentialMovingAverage(0.999),
        augmentation=(Flip(), Shift(1), Erase()),
        epochs=epochs,
        batch_size=batch_size,
        shard_size=16,
        seed=seed,
    )
