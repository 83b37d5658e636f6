from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.tune.folder import StudyFolder
from homespun.tune.wanted import Wanted

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
    return made_dataset(180, seed=1)


@pytest.fixture(scope="session")
def test_file() -> Dataset:
    return made_dataset(90, seed=2)


@pytest.fixture
def wanted() -> Wanted:
    """Trials of a few hundredths of a second."""
    return Wanted("fast", seed=3, epochs=3, validation=60)


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path / "a study")
