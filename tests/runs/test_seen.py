from __future__ import annotations

import numpy as np

from homespun.augment import Flip, Shift
from homespun.data import Dataset
from homespun.nn import Chain, Dense, Flatten
from homespun.optim import Adam, Constant
from homespun.runs.seen import first_pictures
from homespun.training import Plan, train


class Watch:
    """An augmentation that changes nothing and keeps the first pictures that it is shown."""

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []

    def __call__(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        self.seen.append(images.copy())
        return images


def test_what_is_shown_is_what_the_training_was_given() -> None:
    rng = np.random.default_rng(0)
    data = Dataset(
        rng.integers(0, 256, (50, 4, 5, 1), dtype=np.uint8), np.arange(50) % 2, ("a", "b")
    )
    watch = Watch()
    plan = Plan(
        Chain(Flatten(), Dense(2)), Adam(), Constant(0.01), epochs=1, batch_size=20, shard_size=8,
        augmentation=(Flip(), Shift(1), watch), seed=5,
    )  # fmt: skip
    train(plan, data, threads=1)
    chosen, seen = first_pictures(plan, data, 11)  # all of the first shard, three of the second
    in_training = np.concatenate(watch.seen[:2])
    np.testing.assert_array_equal(seen.images, in_training[:11])
    assert (chosen.images != seen.images).any()
    assert len(first_pictures(plan, data, 60)[1]) == 20  # the batch
