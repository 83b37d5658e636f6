"""The training pictures as the network saw them: after augmentation, as in the first step."""

from __future__ import annotations

import numpy as np

from homespun.data import Dataset
from homespun.training import Plan
from homespun.training.randomness import Purpose, generator


def first_pictures(plan: Plan, data: Dataset, most: int) -> tuple[Dataset, Dataset]:
    """Return the first `most` pictures of the first batch as they stand in `data`, and as seen.

    The draws are those of the training itself, since they are looked up by their place in the run.
    """
    order = generator(plan.seed, Purpose.SHUFFLE, 1).permutation(len(data))[: plan.batch_size]
    seen = []
    for shard, start in enumerate(range(0, min(most, len(order)), plan.shard_size)):
        rng = generator(plan.seed, Purpose.SHARD, 1, 0, shard)
        images = data.take(order[start : start + plan.shard_size]).in_memory().images
        for change in plan.augmentation:
            images = change(images, rng)
        seen.append(images)
    chosen = data.take(order[:most]).in_memory()
    images = np.concatenate(seen)[: len(chosen)]
    return chosen, Dataset(images, chosen.labels, chosen.class_names)
