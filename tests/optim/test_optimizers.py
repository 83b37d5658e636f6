import numpy as np
import pytest

from homespun.optim import SGD, Adam, AdamW, Momentum, Nesterov
from homespun.testing import check_optimizer

ALL = [SGD(), Momentum(), Nesterov(), Nesterov(weight_decay=1e-3), Adam(), AdamW()]


@pytest.mark.parametrize("optimizer", ALL, ids=str)
def test_optimizer_keeps_the_contract(optimizer):
    check_optimizer(optimizer)


def steps(optimizer, gradients, lr=0.1, w=1.0, decayed=1.0):
    """Return the weight after each of these gradients."""
    weights = np.array([w])
    state = optimizer.init(weights)
    seen = []
    for step, g in enumerate(gradients, 1):
        mask = np.array([decayed])
        optimizer.update(weights, np.array([g]), state, lr=lr, step=step, decayed=mask)
        seen.append(float(weights[0]))
    return seen


def test_sgd_by_hand():
    np.testing.assert_allclose(steps(SGD(), [1.0, 2.0]), [0.9, 0.7])


def test_momentum_by_hand():
    """v = 1, then 0.9 + 2 = 2.9."""
    np.testing.assert_allclose(steps(Momentum(0.9), [1.0, 2.0]), [0.9, 0.9 - 0.29])


def test_nesterov_by_hand():
    """v = 1, step 1 + 0.9; v = 2.9, step 2 + 2.61."""
    np.testing.assert_allclose(steps(Nesterov(0.9), [1.0, 2.0]), [1 - 0.19, 0.81 - 0.461])


def test_adam_by_hand():
    """The first step is lr; in the second m^ = 0.29 / 0.19 and v^ = 0.004999 / 0.001999."""
    second = 0.1 * (0.29 / 0.19) / np.sqrt(0.004999 / 0.001999)
    np.testing.assert_allclose(steps(Adam(), [1.0, 2.0]), [0.9, 0.9 - second], rtol=1e-7)


def test_adam_is_as_written_in_its_paper():
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal(50)
    w, m, v, expected = 1.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        w -= 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        expected.append(w)
    np.testing.assert_allclose(steps(Adam(), gradients, lr=0.01), expected, rtol=1e-9)


def test_decay_is_decoupled_and_spares_what_is_not_decayed():
    (decayed,) = steps(AdamW(weight_decay=0.5), [1.0], lr=0.1)
    np.testing.assert_allclose(decayed, 1 - 0.1 * 0.5 - 0.1)
    (spared,) = steps(AdamW(weight_decay=0.5), [1.0], lr=0.1, decayed=0.0)
    np.testing.assert_allclose(spared, 1 - 0.1)
    (nesterov,) = steps(Nesterov(0.9, weight_decay=0.5), [1.0], lr=0.1)
    np.testing.assert_allclose(nesterov, 1 - 0.1 * 0.5 - 0.1 * 1.9)
