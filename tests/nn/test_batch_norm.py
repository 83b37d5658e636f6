import numpy as np
import pytest

from homespun.errors import SettingError
from homespun.nn import BatchNorm, Parameters

RNG = np.random.default_rng(0)
X = RNG.normal(3.0, 2.0, (50, 4, 4, 2))


def made(layer=None):
    layer = layer or BatchNorm()
    return layer, Parameters(layer.init(RNG, (4, 4, 2))[0], np.float64)


def test_training_gives_mean_beta_and_deviation_gamma():
    layer, p = made()
    p.views["gamma"][:] = [2, 3]
    p.views["beta"][:] = [10, 20]
    y, _ = layer.forward(p.views, X, train=True, rng=RNG)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), [10, 20])
    np.testing.assert_allclose(y.std(axis=(0, 1, 2)), [2, 3], rtol=1e-4)


def test_the_way_back_asks_for_the_change_of_the_running_averages():
    layer, p = made(BatchNorm(momentum=0.75))
    grads = p.zeros_like()
    y, backward = layer.forward(p.views, X, train=True, rng=RNG)
    backward(y, grads.views)
    mean, var = X.mean(axis=(0, 1, 2)), X.var(axis=(0, 1, 2))
    np.testing.assert_allclose(grads.views["running_mean"], 0.25 * (mean - 0))
    np.testing.assert_allclose(grads.views["running_var"], 0.25 * (var - 1))
    assert not np.shares_memory(grads.vector, grads.running)
    np.testing.assert_allclose(grads.running[:2], 0.25 * mean)


def test_prediction_uses_the_running_averages_and_leaves_them():
    layer, p = made()
    p.views["running_mean"][:] = [1, 2]
    p.views["running_var"][:] = [4, 9]
    grads = p.zeros_like()
    y, backward = layer.forward(p.views, X, train=False, rng=RNG)
    np.testing.assert_allclose(y, (X - [1, 2]) / np.sqrt(np.array([4, 9]) + 1e-5))
    backward(y, grads.views)
    assert not grads.running.any()


def test_a_constant_channel_becomes_zero():
    layer, p = made()
    y, _ = layer.forward(p.views, np.full((3, 4, 4, 2), 7.0), train=True, rng=RNG)
    assert not y.any()


def test_odd_settings_are_refused():
    with pytest.raises(SettingError, match="momentum"):
        BatchNorm(momentum=1.0)
