from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from homespun.data import Dataset, store_images, stored_dataset
from homespun.runs import rivals as module
from homespun.runs.rivals import PairedTest, mcnemar, rivals


@pytest.fixture(scope="module")
def easy() -> Dataset:
    """Pictures that are bright in one of three rows, which tells the class; class 2 is frequent."""
    rng = np.random.default_rng(0)
    labels = np.array([0, 1, 2, 2] * 60)
    images = rng.integers(0, 60, (len(labels), 3, 4, 1), dtype=np.uint8)
    images[np.arange(len(labels)), labels] += 150
    return Dataset(images, labels, ("top", "middle", "bottom"))


def test_all_ways_answer_all_pictures_and_the_frequent_class_is_the_worst(easy: Dataset) -> None:
    ways = {rival.name: rival for rival in rivals(easy, easy, seed=3)}
    right = {name: np.mean(rival.answers == easy.labels) for name, rival in ways.items()}
    assert right["most frequent class"] == 0.5
    assert "always answers bottom" in ways["most frequent class"].how
    pixels = easy.images.reshape(len(easy), -1).astype(float)
    centroid = NearestCentroid().fit(pixels, easy.labels).predict(pixels)
    np.testing.assert_array_equal(ways["nearest centroid"].answers, centroid)
    assert right["logistic regression"] == 1
    assert "240 pictures" in ways["logistic regression"].how
    assert ways["the article's network"].answers.shape == (240,)


def test_the_same_seed_gives_the_same_answers(easy: Dataset) -> None:
    first, again = (rivals(easy, easy, seed=3) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.answers, other.answers)


def test_pictures_may_stay_on_the_disk_and_be_more_than_fit(
    easy: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store_images(tmp_path / "pictures.npy", easy.images.shape, [easy.images])
    on_disk = stored_dataset(stored, easy.labels, easy.class_names)
    expected = rivals(easy, easy, seed=3)
    monkeypatch.setattr(module, "_BLOCK", 100)  # eight pictures at a time
    for one, other in zip(expected, rivals(on_disk, on_disk, seed=3), strict=True):
        np.testing.assert_array_equal(one.answers, other.answers)
    monkeypatch.setattr(module, "_MOST_VALUES", 12 * 100)
    few = {rival.name: rival for rival in rivals(on_disk, on_disk, seed=3)}["nearest centroid"]
    assert few.how.endswith("of 100 pictures")
    assert np.mean(few.answers == easy.labels) == 1


def test_another_seed_and_not_the_threads_makes_another_network() -> None:
    rng = np.random.default_rng(0)
    noise = Dataset(
        rng.integers(0, 256, (300, 4, 4, 1), dtype=np.uint8), np.arange(300) % 3, ("a", "b", "c")
    )
    first, again, other = (
        rivals(noise, noise, seed, threads)[-1].answers
        for seed, threads in ((3, 1), (3, 2), (4, 1))
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_mcnemar_is_the_binomial_test_of_the_differences() -> None:
    first = np.array([True] * 8 + [False] * 2 + [True] * 5)
    second = np.array([False] * 8 + [True] * 2 + [True] * 5)
    # 2 * (C(10,0) + C(10,1) + C(10,2)) / 2**10
    assert mcnemar(first, second) == PairedTest(8, 2, pytest.approx(2 * 56 / 1024))
    assert mcnemar(first, first) == PairedTest(0, 0, 1.0)
