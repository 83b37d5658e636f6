from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import StandardScaler

from homespun.article import MendedClassifier
from homespun.errors import DivergedError, SettingError, ShapeError
from homespun.types import FloatArray

NAMES = ("w1", "b1", "w2", "b2")


def small(**settings) -> MendedClassifier:
    defaults = {"n_hidden_units": 4, "epochs": 1, "random_seed": 42}
    return MendedClassifier(3, 5, **(defaults | settings))


@pytest.fixture(name="X")
def samples() -> FloatArray:
    return np.random.default_rng(0).normal(3, 2, size=(12, 5))


@pytest.fixture(name="y")
def labels() -> np.ndarray:
    return np.array([0, 1, 2] * 4)


def cost(model: MendedClassifier, X: FloatArray, y: np.ndarray) -> float:
    """What the docstring says is minimised, in other words: plain formulas on scaled input."""
    Z = StandardScaler().fit_transform(X)
    a = 1 / (1 + np.exp(-(Z @ model.w1.T + model.b1)))
    powers = np.exp(a @ model.w2.T + model.b2)
    p = powers / powers.sum(axis=1, keepdims=True)
    penalty = sum(model.l1 * np.abs(w).sum() + model.l2 / 2 * (w**2).sum()
                  for w in (model.w1, model.w2))  # fmt: skip
    return float(-np.log(p[np.arange(len(y)), y]).mean() + penalty)


def weights(model: MendedClassifier) -> dict[str, FloatArray]:
    return {name: getattr(model, name).copy() for name in NAMES}


def first_weights(X: FloatArray, y: np.ndarray, **settings) -> MendedClassifier:
    """The model as it stands before its first step."""
    return small(**settings, learning_rate=0.0).fit(X, y)


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.7), (0.3, 0.7)])
def test_a_step_goes_down_the_cost_that_is_reported(
    X: FloatArray, y: np.ndarray, l1: float, l2: float
) -> None:
    start = first_weights(X, y, l1=l1, l2=l2)
    stepped = small(l1=l1, l2=l2, learning_rate=1e-3).fit(X, y)
    assert stepped.error_ == [pytest.approx(cost(start, X, y))]
    rng = np.random.default_rng(1)
    old, step, along, costs = weights(start), 1e-6, 0.0, []
    directions = {name: rng.normal(size=w.shape) for name, w in old.items()}
    for name in NAMES:
        along += float(((old[name] - getattr(stepped, name)) * directions[name]).sum()) / 1e-3
    for sign in (1, -1):
        for name in NAMES:
            setattr(start, name, old[name] + sign * step * directions[name])
        costs.append(cost(start, X, y))
    assert along == pytest.approx((costs[0] - costs[1]) / (2 * step), rel=1e-6)


def test_first_weights_are_glorots_and_biases_start_at_zero(X: FloatArray, y: np.ndarray) -> None:
    model = first_weights(X, y, n_hidden_units=2_000)
    limit = math.sqrt(6 / (2_000 + 5))
    assert np.abs(model.w1).max() <= limit
    # The standard deviation of a uniform distribution is its half width over the root of 3.
    assert model.w1.std() == pytest.approx(limit / math.sqrt(3), rel=0.05)
    assert not model.b1.any()
    assert not model.b2.any()


def test_scaling_is_that_of_scikit_learn_on_the_training_data(X: FloatArray, y: np.ndarray) -> None:
    X[:, 2] = 7.0  # never varies
    model = small().fit(X, y)
    scaler = StandardScaler().fit(X)
    assert_allclose(model.mean_, scaler.mean_)
    assert_allclose(model.deviation_, scaler.scale_)


def test_the_error_is_the_mean_over_the_batches(X: FloatArray, y: np.ndarray) -> None:
    # Without steps every order of the samples gives the same mean over equal batches.
    model = small(n_batches=4, epochs=3, learning_rate=0.0).fit(X, y)
    assert model.error_ == [pytest.approx(cost(model, X, y))] * 3


def test_it_learns_what_is_easy_and_is_sure_of_it() -> None:
    X = np.repeat(np.eye(3, 5), 10, axis=0)
    y = np.repeat([0, 1, 2], 10)
    model = small(epochs=500, learning_rate=1.0, n_batches=3).fit(X, y)
    assert_array_equal(model.predict(X), y)
    p = model.predict_proba(X)
    assert_allclose(p.sum(axis=1), 1)
    assert p[np.arange(30), y].min() > 0.98
    assert model.score(X, y) == 1
    assert model.score(X, (y + 1) % 3) == 0
    assert model.error_[-1] < 0.05 < model.error_[0]


def test_equal_seeds_equal_weights(X: FloatArray, y: np.ndarray) -> None:
    one, same, other = (small(random_seed=seed).fit(X, y) for seed in (7, 7, 8))
    assert_array_equal(one.w1, same.w1)
    assert not np.array_equal(one.w1, other.w1)


def test_progress_is_told_each_epoch_and_may_stop_the_training(
    X: FloatArray, y: np.ndarray
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


def test_predicting_before_fitting_is_refused(X: FloatArray) -> None:
    with pytest.raises(NotFittedError, match="fit"):
        small().predict(X)


def test_wrong_shapes_are_named(X: FloatArray, y: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=r"\(n_samples, 5\), got \(12, 4\)"):
        small().fit(X[:, :4], y)
    with pytest.raises(ShapeError, match="12 samples, got 11"):
        small().fit(X, y[:11])
    with pytest.raises(ShapeError, match="0 samples"):
        small().fit(X[:0], y[:0])
    with pytest.raises(ShapeError, match=r"got \(5,\)"):
        small().fit(X, y).predict(X[0])


def test_labels_without_a_class_are_named(X: FloatArray, y: np.ndarray) -> None:
    with pytest.raises(SettingError, match="0 to 2"):
        small().fit(X, y + 1)


@pytest.mark.parametrize("n_batches", [0, 13])
def test_more_batches_than_samples_are_refused(
    X: FloatArray, y: np.ndarray, n_batches: int
) -> None:
    with pytest.raises(SettingError, match="1 to 12"):
        small(n_batches=n_batches).fit(X, y)


def test_divergence_is_told(X: FloatArray, y: np.ndarray) -> None:
    with np.errstate(all="ignore"), pytest.raises(DivergedError, match="epoch"):
        small(epochs=2_000, l2=10.0, learning_rate=1.0).fit(X, y)
