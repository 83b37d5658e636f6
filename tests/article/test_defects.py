"""What is wrong in the article, a test for each point: the fault as printed, and its absence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.preprocessing import scale

from homespun.article import MendedClassifier, NNClassifier, printed
from homespun.article.experiment import raw, split_as_printed
from homespun.article.xor import ANSWERS, INPUTS, mended_step, printed_step, train_xor
from homespun.data import Dataset
from homespun.nn import functions

SETTINGS = {"n_classes": 3, "n_features": 5, "n_hidden_units": 4, "random_seed": 42}


def as_printed(**settings) -> NNClassifier:
    return NNClassifier(**({**SETTINGS, "epochs": 1} | settings))


def mended(**settings) -> MendedClassifier:
    return MendedClassifier(**({**SETTINGS, "epochs": 1} | settings))


@pytest.fixture(name="X")
def samples() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(12, 5))


@pytest.fixture(name="y")
def labels() -> np.ndarray:
    return np.array([0, 1, 2] * 4)


def first_gradients(model: NNClassifier, X: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """What the first step of `model` moved the weights by, divided by its learning rate."""
    w1, w2 = model.w1.copy(), model.w2.copy()
    model.fit(X, y)
    return [(w1 - model.w1) / model.learning_rate, (w2 - model.w2) / model.learning_rate]


# 1. No bias anywhere.


def test_1_without_biases_zeros_leave_every_hidden_unit_at_a_half() -> None:
    # Zeros are all there is, and class 1 is always right: only b2 can learn this in full.
    X, y = np.zeros((10, 5)), np.ones(10, dtype=int)
    old = as_printed(epochs=50).fit(X, y)
    assert_array_equal(old.w1, as_printed().w1)  # nothing reaches the first layer
    assert_array_equal(old._forward(X)[0], np.full((4, 10), 0.5))
    new = mended(epochs=50).fit(X, y)
    assert new.b1.any()
    assert new.b2[1] > 0 > max(new.b2[0], new.b2[2])


# 2. Softmax over sigmoids.


def test_2_no_printed_probability_can_pass_e_over_e_plus_9() -> None:
    ceiling = math.e / (math.e + 9)
    X = np.repeat(np.eye(10) * 4, 5, axis=0)
    y = np.repeat(np.arange(10), 5)
    settings = {"n_classes": 10, "n_features": 10, "n_hidden_units": 20, "epochs": 1_500}
    old = as_printed(**settings, learning_rate=0.1).fit(X, y)
    assert old.score(X, y) == 1
    assert 0.22 < old.predict_proba(X).max() < ceiling < 0.232
    new = mended(**settings, learning_rate=1.0).fit(X, y)
    assert new.score(X, y) == 1
    assert new.predict_proba(X).max() > 0.98


# 3. The L1 gradient.


def test_3_the_printed_l1_gradient_is_that_of_l2(X: np.ndarray, y: np.ndarray) -> None:
    one, other = (first_gradients(as_printed(**p), X, y) for p in ({"l1": 0.5}, {"l2": 0.5}))
    for gradient, same in zip(one, other, strict=True):
        assert_allclose(gradient, same)


def test_3_the_mended_l1_gradient_is_the_sign(X: np.ndarray, y: np.ndarray) -> None:
    start = mended(learning_rate=0.0).fit(X, y)
    free, pulled = (mended(l1=l1, learning_rate=0.1).fit(X, y) for l1 in (0.0, 0.5))
    assert_allclose((free.w1 - pulled.w1) / 0.1, 0.5 * np.sign(start.w1))
    assert_allclose((free.w2 - pulled.w2) / 0.1, 0.5 * np.sign(start.w2))
    assert_allclose(free.b1, pulled.b1)  # no penalty on biases
    assert_allclose(free.b2, pulled.b2)


# 4. The reported error is not what is minimised (test_mended.py checks the mended gradient).


def test_4_the_printed_error_is_not_what_the_updates_descend(X: np.ndarray, y: np.ndarray) -> None:
    Y = np.eye(3)[y]

    def descended(w1: np.ndarray, w2: np.ndarray) -> float:
        out = expit(expit(X @ w1.T) @ w2.T)
        entropy = -(Y * np.log(out) + (1 - Y) * np.log(1 - out)).sum()
        return float(entropy + 0.7 / 2 * ((w1**2).sum() + (w2**2).sum()))

    def reported(w1: np.ndarray, w2: np.ndarray) -> float:
        model = as_printed(l2=0.7, learning_rate=0.0)
        model.w1, model.w2 = w1, w2
        return model.fit(X, y).error_[0]

    start = as_printed()
    w = start.w1, start.w2
    rng, step = np.random.default_rng(1), 1e-6
    d = [rng.normal(size=m.shape) for m in w]
    slopes = [
        (
            cost(w[0] + step * d[0], w[1] + step * d[1])
            - cost(w[0] - step * d[0], w[1] - step * d[1])
        )
        / (2 * step)
        for cost in (descended, reported)
    ]
    gradients = first_gradients(as_printed(l2=0.7), X, y)
    along = sum(float((g * m).sum()) for g, m in zip(gradients, d, strict=True))
    assert along == pytest.approx(slopes[0], rel=1e-6)
    assert along != pytest.approx(slopes[1], rel=0.05)


# 5. The curve shows mostly weight decay.


def test_5_the_printed_curve_starts_as_weight_decay() -> None:
    model = NNClassifier(10, 784, 50, l2=0.5, random_seed=42)
    penalty = 0.5 * printed.l2_reg(model.l2, model.w1, model.w2)
    assert penalty == pytest.approx(1647.9, abs=0.05)
    assert penalty / 1785 > 0.9


def test_5_the_mended_curve_starts_as_the_loss_of_a_guess(pictures: Dataset) -> None:
    X = raw(pictures.images)
    settings = {"n_hidden_units": 50, "epochs": 1, "learning_rate": 0.0, "random_seed": 42}
    with_decay, without = (
        MendedClassifier(10, 784, l2=l2, **settings).fit(X, pictures.labels).error_[0]
        for l2 in (0.5 / 1_920, 0.0)  # the article's factor, beside the mean of 1,920 samples
    )
    assert without == pytest.approx(math.log(10), rel=0.15)
    assert (with_decay - without) / with_decay < 0.02


# 6. XOR: the slope in the wrong place, and W2 moved too early (test_xor.py has the sums).


def test_6_the_printed_xor_step_takes_the_slope_of_the_activated_value() -> None:
    w1, w2 = np.full((2, 3), 0.3), np.full((3, 1), 0.7)
    hidden = expit(INPUTS @ w1)
    errors = ANSWERS - hidden @ w2
    moved_w2 = w2 + hidden.T @ (0.1 * errors)
    twice = expit(hidden) * (1 - expit(hidden))
    for step, back_through, slope in (
        (printed_step, moved_w2, twice),
        (mended_step, w2, hidden * (1 - hidden)),
    ):
        new1, new2 = w1.copy(), w2.copy()
        step(new1, new2)
        assert_allclose(new1, w1 + INPUTS.T @ (0.1 * errors @ back_through.T * slope))
        assert_allclose(new2, moved_w2)


def test_6_the_signed_sum_hides_that_nothing_is_learnt() -> None:
    old, new = (train_xor(step, epochs=5_001, every=5_000) for step in (printed_step, mended_step))
    assert abs(old.at(5_000)[0]) < 0.01  # looks like success
    assert_allclose(old.predictions, 0.5, atol=0.06)
    assert new.at(5_000)[1] < 0.0035 < 0.99 < old.at(5_000)[1]


# 7. Overflow, and the logarithm of zero.


def test_7_printed_exponentials_overflow() -> None:
    with pytest.warns(RuntimeWarning, match="overflow"):
        printed.sigmoid(np.array([-1000.0]))
    with pytest.warns(RuntimeWarning), np.errstate(over="ignore"):
        assert np.isnan(printed.softmax(np.array([[1000.0, 0.0]]))).any()
    assert functions.sigmoid(-1000.0) == 0
    assert_array_equal(functions.softmax([1000.0, 0.0]), [1, 0])


def test_7_raw_pixels_reach_where_the_printed_sigmoid_overflows(
    fashion_mnist: tuple[Dataset, Dataset],
) -> None:
    model = NNClassifier(10, 784, 50, random_seed=42)
    assert (model.w1 @ raw(fashion_mnist[0].images[:100]).T).min() < -710


def test_7_the_printed_error_becomes_nan(y: np.ndarray) -> None:
    X = np.full((12, 5), 1e6)
    old = as_printed(learning_rate=1e4, epochs=3)
    with np.errstate(all="ignore"):
        old.fit(X, y)
    assert np.isnan(old.error_).any()


def test_7_the_mended_error_stays_a_number(X: np.ndarray, y: np.ndarray) -> None:
    start = mended().fit(X, y)
    start.w2 *= 1e6  # every answer is as sure as can be
    with np.errstate(all="raise", under="ignore"):
        error = start._step(X, np.eye(3)[y])
    assert 1e3 < error < np.inf


# 8. Scaling belongs to the model.


def test_8_a_single_image_scaled_by_itself_is_all_zeros(X: np.ndarray, y: np.ndarray) -> None:
    assert not scale(X[:1]).any()
    old = as_printed(epochs=200).fit(scale(X), y)
    alone = np.concatenate([old.predict(scale(X[i : i + 1])) for i in range(len(X))])
    assert len(set(alone)) == 1 < len(set(old.predict(scale(X))))


def test_8_the_mended_model_treats_one_image_as_it_treats_many(
    X: np.ndarray, y: np.ndarray
) -> None:
    new = mended(epochs=200).fit(X, y)
    alone = np.concatenate([new.predict_proba(X[i : i + 1]) for i in range(len(X))])
    assert_allclose(alone, new.predict_proba(X))
    assert len(set(new.predict(X))) > 1


# 9. Shuffling, the size of the step, the seed, and a second fit.


def test_9_only_the_mended_fit_shuffles(X: np.ndarray, y: np.ndarray) -> None:
    # Moving one batch to the front does not change what a shuffled epoch may look like, but it
    # is another run without shuffling; so look at what each step is given instead.
    assert batches_seen(as_printed(n_batches=4, epochs=2), X, y) == [list(range(12))] * 2
    first, second = batches_seen(mended(n_batches=4, epochs=2), scale(X), y)
    assert sorted(first) == sorted(second) == list(range(12))
    assert first != second
    assert first != list(range(12)) != second


def batches_seen(
    model: NNClassifier | MendedClassifier, X: np.ndarray, y: np.ndarray
) -> list[list[int]]:
    """Return the order in which each epoch of `model` meets the rows of `X`."""
    seen: list[int] = []
    step = model._step

    def spy(X_batch: np.ndarray, Y_batch: np.ndarray) -> float:
        seen.extend(int(np.abs(X - row).sum(axis=1).argmin()) for row in X_batch)
        return step(X_batch, Y_batch)

    model._step = spy
    model.fit(X, y)
    return [seen[i : i + len(X)] for i in range(0, len(seen), len(X))]


def test_9_only_the_mended_step_is_the_same_for_twice_the_data(
    X: np.ndarray, y: np.ndarray
) -> None:
    twice_X, twice_y = np.tile(X, (2, 1)), np.tile(y, 2)
    one, two = first_gradients(as_printed(), X, y), first_gradients(as_printed(), twice_X, twice_y)
    assert_allclose(two[0], 2 * one[0])
    assert_allclose(mended().fit(twice_X, twice_y).w1, mended().fit(X, y).w1)


def test_9_only_for_the_mended_model_0_is_a_seed(X: np.ndarray, y: np.ndarray) -> None:
    assert not np.array_equal(as_printed(random_seed=0).w1, as_printed(random_seed=0).w1)
    one, same = (mended(random_seed=0).fit(X, y) for _ in range(2))
    assert_array_equal(one.w1, same.w1)


def test_9_only_the_mended_fit_starts_anew(X: np.ndarray, y: np.ndarray) -> None:
    old, new = as_printed().fit(X, y), mended().fit(X, y)
    old_w1, new_w1 = old.w1.copy(), new.w1.copy()
    assert not np.array_equal(old.fit(X, y).w1, old_w1)
    assert_array_equal(new.fit(X, y).w1, new_w1)


# 10. "Test" was cut from the training file.


def test_10_the_printed_test_part_comes_from_the_training_file(
    fashion_mnist: tuple[Dataset, Dataset],
) -> None:
    train, official = fashion_mnist
    split = split_as_printed(train)
    assert (len(split.train), len(split.test)) == (48_000, 12_000)
    rows = {image.tobytes() for image in train.images}
    assert all(image.tobytes() in rows for image in split.test.images)
    assert sum(image.tobytes() in rows for image in official.images) < 100


def test_10_a_replay_measures_on_the_official_file_too(replayed: dict) -> None:
    for run in ("run1", "run2", "mended"):
        assert 0 <= replayed["results"][run]["official"] <= 1
