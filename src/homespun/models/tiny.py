"""The recipe `tiny`: as far as fewer than 100,000 weights go, given time."""

from __future__ import annotations

from dataclasses import replace

from homespun.models.best import best
from homespun.models.convolutional import Channels, convolutions
from homespun.nn import Chain, Dense, GlobalMaxPool
from homespun.training import Plan

CHANNELS: Channels = (32, "pool", 48, 48, "pool", 64, 56)
"""Five narrow convolutions; `good` has the same."""


def tiny(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    """Return the plan of `best` with five narrow convolutions, in shards of twice the size.

    As many weights in three wide convolutions learn less (docs/performance.md).
    """
    plan = best(
        n_classes=n_classes,
        epochs=epochs,
        total_steps=total_steps,
        batch_size=batch_size,
        seed=seed,
    )
    network = Chain(*convolutions(CHANNELS), GlobalMaxPool(), Dense(n_classes))
    return replace(plan, network=network, shard_size=32)
