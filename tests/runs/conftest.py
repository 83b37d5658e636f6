from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Dataset

NAMES = ("top", "middle", "bottom")


def made_dataset(n: int, seed: int) -> Dataset:
    """Noisy 8 x 8 pictures with a bright band where their class says: easy to learn."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    images = rng.integers(0, 100, (n, 8, 8, 1), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 1 : 2 * label + 3] += 120
    return Dataset(images, labels, NAMES)


@pytest.fixture(scope="session")
def training_file() -> Dataset:
    return made_dataset(400, seed=1)


@pytest.fixture(scope="session")
def test_file() -> Dataset:
    return made_dataset(90, seed=2)
