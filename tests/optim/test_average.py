import numpy as np

from homespun.optim import ExponentialMovingAverage


def test_average_by_hand():
    """In the first steps the decay is (1 + t) / (10 + t): 2/11, then 3/12."""
    average = np.array([0.0])
    ema = ExponentialMovingAverage(0.9)
    ema.update(average, np.array([1.0]), 1)
    np.testing.assert_allclose(average, 1 - 2 / 11)
    ema.update(average, np.array([3.0]), 2)
    np.testing.assert_allclose(average, 0.25 * 9 / 11 + 0.75 * 3)


def test_late_decay_is_the_one_asked_for():
    average = np.array([0.0])
    ExponentialMovingAverage(0.9).update(average, np.array([1.0]), 10_000)
    np.testing.assert_allclose(average, 0.1)
