"""The recipe `tiny`: as far as fewer than 100,000 weights go, given time."""

from __future__ import annotations

from dataclasses import replace

from homespun.augment import Erase, Flip, Shift
from homespun.models.good import good
from homespun.optim import ExponentialMovingAverage
from homespun.training import Plan


def tiny(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    """Return the plan: the network of `good`, with changes and averages that pay in long runs."""
    plan = good(
        n_classes=n_classes,
        epochs=epochs,
        total_steps=total_steps,
        batch_size=batch_size,
        seed=seed,
    )
    return replace(
        plan,
        augmentation=(Flip(), Shift(1), Erase()),
        average=ExponentialMovingAverage(0.999),
    )
