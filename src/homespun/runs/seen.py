"""The training pictures as the network saw them: after augmentation, as in the first step."""

from __future__ import annotations

import numpy as np

from homespun.data import Dataset
from homespun.training import Plan
from homespun.training.randomness import Purpose, generator


def first_shard(plan: Plan, data: Dataset) -> tuple[Dataset, Dataset]:
    """Return the first shard of the first epoch as it stands in `data`, and as it was seen.

    The draws are those of the training itself, since they are looked up by their place in the run.
    """
    order = generator(plan.seed, Purpose.SHUFFLE, 1).permutation(len(data))
    chosen = data.take(order[: min(plan.batch_size, plan.shard_size)])
    rng = generator(plan.seed, Purpose.SHARD, 1, 0, 0)
    images = chosen.images
    for change in plan.augmentation:
        images = change(images, rng)
    return chosen, Dataset(np.ascontiguousarray(images), chosen.labels, chosen.class_names)
