from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import SettingError
from homespun.nn import BatchNorm, Chain, Dense, Flatten, ReLU
from homespun.optim import SGD, Adam, Constant
from homespun.training import Plan, begin, find_learning_rate, train

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 2, 200)
IMAGES = RNG.integers(0, 100, (200, 4, 4, 1), dtype=np.uint8)
IMAGES[:, :2] += (LABELS * 60).astype(np.uint8)[:, np.newaxis, np.newaxis, np.newaxis]
DATA = Dataset(IMAGES, LABELS, ("dark", "light"))
NETWORK = Chain(Flatten(), Dense(8), BatchNorm(), ReLU(), Dense(2))
PLAN = Plan(NETWORK, Adam(), Constant(0.01), epochs=3, batch_size=32)


def test_the_rate_grows_by_equal_factors():
    curve = find_learning_rate(PLAN, DATA, lr_from=1e-4, lr_to=1e-2, n_steps=5)
    np.testing.assert_allclose(curve.rates, [1e-4, 10**-3.5, 1e-3, 10**-2.5, 1e-2])
    assert len(curve.losses) == len(curve.smoothed) == 5


def test_the_first_losses_are_those_of_training():
    """A rate too small to move the weights sees each batch with the weights it began with."""
    curve = find_learning_rate(PLAN, DATA, lr_from=1e-30, lr_to=2e-30, n_steps=7)
    untrained = train(Plan(**vars(PLAN) | {"schedule": Constant(0.0), "epochs": 1}), DATA).history[
        0
    ]
    sizes = np.minimum(32, 200 - 32 * np.arange(7))
    assert np.average(curve.losses, weights=sizes) == pytest.approx(untrained.loss, rel=1e-5)
    assert curve.smoothed[0] == pytest.approx(curve.losses[0])
    second = (0.9 * 0.1 * curve.losses[0] + 0.1 * curve.losses[1]) / (1 - 0.9**2)
    assert curve.smoothed[1] == pytest.approx(second)


def test_nothing_is_moved():
    state = begin(PLAN, DATA)
    before = state.weights.parameters.weight_hash()
    memory = {name: vector.copy() for name, vector in state.weights.memory.items()}
    curve = find_learning_rate(PLAN, DATA, state=state)
    assert min(curve.losses) < 0.8 * curve.losses[0]  # the copy did move
    assert state.weights.parameters.weight_hash() == before
    assert state.weights.step == 0
    assert all((state.weights.memory[name] == memory[name]).all() for name in memory)


@pytest.mark.parametrize("threads", [2, 3])
def test_the_same_curve_on_any_number_of_threads(threads):
    plan = Plan(**vars(PLAN) | {"shard_size": 8})
    alone = find_learning_rate(plan, DATA, threads=1)
    assert find_learning_rate(plan, DATA, threads=threads) == alone


def test_it_ends_when_the_loss_explodes_and_suggests_less():
    plan = Plan(**vars(PLAN) | {"optimizer": SGD()})
    curve = find_learning_rate(plan, DATA, lr_from=1e-3, lr_to=1e6, n_steps=60)
    assert len(curve.rates) < 60
    lowest = curve.rates[int(np.argmin(curve.smoothed))]
    assert curve.suggestion == pytest.approx(lowest / 10)
    plain = Plan(Chain(Flatten(), Dense(8), ReLU(), Dense(2)), SGD(), Constant(1.0), epochs=1)
    diverging = find_learning_rate(plain, DATA, lr_from=1e-3, lr_to=1e30, n_steps=30)
    assert np.isfinite(diverging.losses).all()


@pytest.mark.parametrize(
    "settings", [{"lr_from": 0.0}, {"lr_from": 1.0, "lr_to": 0.5}, {"n_steps": 1}]
)
def test_rates_must_grow(settings):
    with pytest.raises(SettingError, match="lr_from < lr_to"):
        find_learning_rate(PLAN, DATA, **settings)
