import numpy as np

from homespun.augment import Leftover, leftover


def ramp(degrees, reach):
    black = np.zeros((1, 5, 5, 1), np.uint8)
    return leftover(black, np.array([100.0]), np.array([degrees]), np.array([reach]))[0, :, :, 0]


def test_ramps_by_hand():
    from_the_right = ramp(0.0, 2.0)
    assert (from_the_right == [0, 25, 50, 75, 100]).all()
    np.testing.assert_array_equal(ramp(90.0, 2.0), np.rot90(from_the_right))
    assert (ramp(0.0, 1.0) == [0, 0, 0, 50, 100]).all()


def test_what_is_not_black_stays():
    images = np.full((1, 3, 3, 2), 7, np.uint8)
    images[0, 1, 1] = 0
    changed = leftover(images, np.array([200.0]), np.array([0.0]), np.array([2.0]))
    assert changed[0, 1, 1].tolist() == [100, 100]
    changed[0, 1, 1] = 7
    assert (changed == 7).all()


def test_share_and_brightness():
    black = np.zeros((4000, 9, 9, 1), np.uint8)
    changed = Leftover(chance=0.3, brightest=50.0)(black, np.random.default_rng(0))
    assert 0.25 < (changed.max(axis=(1, 2, 3)) > 0).mean() < 0.33
    assert 45 < changed.max() <= 50
