from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from threadpoolctl import threadpool_info

from homespun.article import NNClassifier
from homespun.article.experiment import raw, run_as_printed, scaled_by_itself, split_as_printed
from homespun.data import Dataset


def small(**settings) -> NNClassifier:
    defaults = {"n_hidden_units": 4, "epochs": 1, "random_seed": 42}
    return NNClassifier(3, 5, **(defaults | settings))


@pytest.fixture(name="X")
def samples() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(12, 5))


@pytest.fixture(name="y")
def labels() -> np.ndarray:
    return np.array([0, 1, 2] * 4)


def test_first_draws_are_the_articles() -> None:
    model = NNClassifier(n_classes=10, n_features=784, n_hidden_units=50, random_seed=42)
    assert_allclose(model.w1[0, :3], [-0.25091976, 0.90142861, 0.46398788], atol=5e-9)
    assert model.w1.size + model.w2.size == 39_700


def test_w1_is_drawn_before_w2() -> None:
    draws = np.random.RandomState(42).uniform(-1, 1, size=4 * 5 + 3 * 4)
    model = small()
    assert_array_equal(np.concatenate([model.w1.ravel(), model.w2.ravel()]), draws)


def test_numpys_global_generator_is_left_alone(X: np.ndarray, y: np.ndarray) -> None:
    state, place = np.random.get_state()[1:3]  # noqa: NPY002 - it is this one that is watched
    small().fit(X, y)
    assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert np.random.get_state()[2] == place  # noqa: NPY002


def test_defaults_are_the_articles() -> None:
    model = NNClassifier(10, 784)
    settings = (model.n_hidden_units, model.l1, model.l2, model.epochs, model.learning_rate)
    assert settings == (30, 0.0, 0.0, 500, 0.01)
    assert (model.n_batches, model.random_seed) == (1, None)


def test_error_without_weights_by_hand(X: np.ndarray, y: np.ndarray) -> None:
    # All outputs are a half, so each of the 3 classes sums up 4 log 2; half of their mean.
    model = small(l1=1.0, l2=1.0)
    model.w1[:] = model.w2[:] = 0
    assert model.fit(X, y).error_ == [pytest.approx(2 * math.log(2))]


def test_error_counts_half_of_both_penalties(X: np.ndarray, y: np.ndarray) -> None:
    bare = small().fit(X, y).error_[0]
    start = small()
    weights = np.concatenate([start.w1.ravel(), start.w2.ravel()])
    expected = bare + 0.5 * (0.3 / 2 * np.abs(weights).sum() + 0.7 / 2 * np.square(weights).sum())
    assert small(l1=0.3, l2=0.7).fit(X, y).error_[0] == pytest.approx(expected)


def test_batches_are_cut_in_the_given_order(X: np.ndarray, y: np.ndarray) -> None:
    whole = small(n_batches=5).fit(X, y)
    parts = small()
    for X_batch, y_batch in zip(np.array_split(X, 5), np.array_split(y, 5), strict=True):
        parts.fit(X_batch, y_batch)
    assert_array_equal(whole.w1, parts.w1)
    assert_array_equal(whole.w2, parts.w2)


def test_error_has_one_value_an_epoch_the_mean_of_its_batches(X: np.ndarray, y: np.ndarray) -> None:
    model = small(n_batches=3, epochs=2, learning_rate=0).fit(X, y)
    batches = zip(np.array_split(X, 3), np.array_split(y, 3), strict=True)
    errors = [small(learning_rate=0).fit(*batch).error_[0] for batch in batches]
    assert model.error_ == [pytest.approx(np.mean(errors))] * 2


def test_it_learns_what_is_easy() -> None:
    X = np.repeat(np.eye(3, 5) * 4 - 2, 10, axis=0)
    y = np.repeat([0, 1, 2], 10)
    model = small(epochs=300, learning_rate=0.1).fit(X, y)
    assert model.score(X, y) == 1
    assert_array_equal(model.predict(X), y)
    assert_array_equal(model.predict_proba(X).argmax(axis=1), y)
    assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    assert model.score(X, (y + 1) % 3) == 0


def test_whole_numbers_are_taken_as_float64(X: np.ndarray, y: np.ndarray) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, size=(12, 5), dtype=np.uint8)
    assert_array_equal(small().fit(pixels, y).w1, small().fit(pixels.astype(float), y).w1)


def test_progress_is_told_each_epoch_and_may_stop_the_training(
    X: np.ndarray, y: np.ndarray
) -> None:
    told: list[tuple[int, float]] = []

    def stop_after_two(epoch: int, error: float) -> None:
        told.append((epoch, error))
        if epoch == 2:
            raise KeyboardInterrupt

    model = small(epochs=5)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y, progress=stop_after_two)
    assert told == [(1, model.error_[0]), (2, model.error_[1])]
    assert_array_equal(model.w1, small(epochs=2).fit(X, y).w1)


def first_error(data: Dataset, pixels) -> float:
    run = run_as_printed(
        "run", pixels, split_as_printed(data), epochs=1, progress=lambda *call: None
    )
    return run.errors[0]


def test_run_2_starts_with_the_articles_error(fashion_mnist: tuple[Dataset, Dataset]) -> None:
    assert first_error(fashion_mnist[0], scaled_by_itself) == pytest.approx(1784.241, abs=6e-4)


def test_run_1_starts_with_the_articles_error(fashion_mnist: tuple[Dataset, Dataset]) -> None:
    error = first_error(fashion_mnist[0], raw)
    kernels = {info.get("architecture") for info in threadpool_info()}
    # Its 25 updates blow up the last bit, which is the BLAS kernel's: six digits are only to be
    # had from the kernel that they were measured with, elsewhere two or three.
    same_kernel = "Haswell" in kernels
    assert error == pytest.approx(1895.418, **({"abs": 6e-4} if same_kernel else {"rel": 0.02}))


@pytest.mark.parametrize(("pixels", "apart"), [(raw, 1e-4), (scaled_by_itself, 0)])
def test_only_run_1_blows_up_the_last_bit(
    fashion_mnist: tuple[Dataset, Dataset], pixels, apart: float
) -> None:
    data = split_as_printed(fashion_mnist[0]).train.take(slice(1_920 * 8))
    one, other = (
        NNClassifier(
            10, 784, 50, l2=0.5, epochs=1, learning_rate=0.001, n_batches=8, random_seed=42
        )
        for _ in range(2)
    )
    other.w1 = np.nextafter(other.w1, 2)
    for model in (one, other):
        model.fit(pixels(data.images), data.labels)
    difference = np.abs(one.w1 - other.w1).max()
    assert difference > apart if apart else difference < 1e-14
