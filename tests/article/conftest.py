"""Made pictures that are quick to learn, and one quick replay of them for all who look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.article import replay
from homespun.data import CLASS_NAMES, Dataset


def made_pictures(n: int, seed: int) -> Dataset:
    """A stripe for each class, in its own place, under noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % len(CLASS_NAMES)
    images = rng.integers(0, 60, size=(n, 28, 28, 1), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 2 : 2 * label + 5, 4:24] += 150
    return Dataset(images, labels, CLASS_NAMES)


@pytest.fixture(scope="session")
def pictures() -> Dataset:
    return made_pictures(400, seed=0)


@pytest.fixture(scope="session")
def replayed(pictures: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a quick replay of the made pictures returned, and what it said on the way."""
    folder: Path = tmp_path_factory.mktemp("replay") / "runs" / "article"
    lines: list[str] = []
    epochs: list[tuple[str, int, int, float]] = []
    results = replay(
        pictures,
        folder,
        quick=True,
        official=made_pictures(50, seed=1),
        say=lines.append,
        progress=lambda *call: epochs.append(call),
    )
    return {"results": results, "folder": folder, "lines": lines, "epochs": epochs}
