import numpy as np

from homespun.optim import Constant, Cosine, OneCycle, StepDecay


def rates(schedule, *steps):
    return [schedule.lr_at(step) for step in steps]


def test_constant():
    assert rates(Constant(0.1), 1, 1000) == [0.1, 0.1]


def test_step_decay_by_hand():
    np.testing.assert_allclose(
        rates(StepDecay(1.0, every=10, factor=0.5), 1, 10, 11, 20, 21), [1, 1, 0.5, 0.5, 0.25]
    )


def test_cosine_by_hand():
    np.testing.assert_allclose(
        rates(Cosine(1.0, total_steps=100), 1, 51, 101, 200), [1, 0.5, 0, 0], atol=1e-12
    )


def test_one_cycle_by_hand():
    schedule = OneCycle(1.0, total_steps=100, warmup=0.2)
    np.testing.assert_allclose(rates(schedule, 1, 10, 20), [0.05, 0.5, 1.0])
    np.testing.assert_allclose(rates(schedule, 100, 101, 500), [1 / 81, 0, 0])
    np.testing.assert_allclose(rates(OneCycle(1.0, 100, 0.2, final=0.5), 101), [0.5])


def test_one_cycle_survives_a_single_step():
    assert rates(OneCycle(1.0, total_steps=1), 1) == [1.0]
