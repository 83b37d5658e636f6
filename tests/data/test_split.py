from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from homespun.data import Dataset, split, stratified_split
from homespun.errors import SettingError, ShapeError


@st.composite
def labels_and_size(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    labels = draw(arrays(np.int64, st.integers(2, 60), elements=st.integers(0, 5)))
    return labels, draw(st.integers(1, len(labels) - 1))


@given(labels_and_size(), st.integers(0, 2**128 - 1))
def test_every_sample_goes_to_one_side_and_every_class_gives_its_share(
    case: tuple[np.ndarray, int], seed: int
) -> None:
    labels, n_held_out = case
    kept, held_out = stratified_split(labels, n_held_out, seed)
    assert len(held_out) == n_held_out
    assert (np.diff(kept) > 0).all()
    assert (np.diff(held_out) > 0).all()
    np.testing.assert_array_equal(np.sort(np.r_[kept, held_out]), np.arange(len(labels)))
    shares = np.bincount(labels, minlength=6) * (n_held_out / len(labels))
    assert (np.abs(np.bincount(labels[held_out], minlength=6) - shares) < 1).all()


@pytest.mark.parametrize(
    ("counts", "n_held_out", "expected"),
    [
        # shares 2, 1.2 and 0.8: the place that is left goes to the largest remainder
        ([5, 3, 2], 4, [2, 1, 1]),
        # shares 0.5 and 0.5: a tie goes to the smaller label
        ([2, 2], 1, [1, 0]),
        # shares 2.1, 0.6 and 0.3
        ([7, 2, 1], 3, [2, 1, 0]),
    ],
)
def test_largest_remainders(counts: list[int], n_held_out: int, expected: list[int]) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)[::-1]
    for seed in range(20):
        _, held_out = stratified_split(labels, n_held_out, seed)
        assert np.bincount(labels[held_out], minlength=len(counts)).tolist() == expected


def test_the_seed_alone_decides() -> None:
    labels = np.arange(200) % 10
    first = stratified_split(labels, 50, seed=4)
    again = stratified_split(labels.astype(np.uint8), 50, seed=4)
    other = stratified_split(labels, 50, seed=5)
    np.testing.assert_array_equal(first[1], again[1])
    assert (first[1] != other[1]).any()


def test_every_sample_has_the_same_chance() -> None:
    labels = np.zeros(4, dtype=np.int64)
    chosen = [stratified_split(labels, 1, seed)[1][0] for seed in range(400)]
    # 100 expected, deviation sqrt(400 * 1/4 * 3/4) = 8.7
    assert (np.abs(np.bincount(chosen, minlength=4) - 100) < 4 * 8.7).all()


@pytest.mark.parametrize("n_held_out", [-1, 0, 10, 11])
def test_impossible_sizes(n_held_out: int) -> None:
    with pytest.raises(SettingError, match=f"between 1 and 9 of 10 samples, got {n_held_out}"):
        stratified_split(np.zeros(10, dtype=np.int64), n_held_out, seed=0)


@pytest.mark.parametrize("seed", [-1, 2**128])
def test_impossible_seeds(seed: int) -> None:
    with pytest.raises(SettingError, match="expected a seed"):
        stratified_split(np.zeros(10, dtype=np.int64), 5, seed)


@pytest.mark.parametrize("labels", [np.zeros((10, 1), dtype=np.int64), np.zeros(10)])
def test_impossible_labels(labels: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="whole-number labels"):
        stratified_split(labels, 5, seed=0)


def test_a_dataset_is_split_with_its_labels() -> None:
    images = np.arange(40, dtype=np.uint8).reshape(40, 1, 1, 1)
    dataset = Dataset(images, np.arange(40) % 4, ("a", "b", "c", "d"))
    kept, held_out = split(dataset, 8, seed=1)
    for part in (kept, held_out):
        np.testing.assert_array_equal(part.images[:, 0, 0, 0] % 4, part.labels)
    assert np.bincount(held_out.labels).tolist() == [2, 2, 2, 2]
    assert np.bincount(kept.labels).tolist() == [8, 8, 8, 8]
