import numpy as np

from homespun.augment import Negative, negative

IMAGES = np.array([[[[0], [1], [100], [255]]]] * 2, np.uint8)


def test_the_chosen_ones_are_turned_and_black_stays_black():
    turned = negative(IMAGES, np.array([True, False]))
    assert turned[0].ravel().tolist() == [0, 255, 156, 1]
    np.testing.assert_array_equal(turned[1], IMAGES[1])


def test_the_share_is_the_chance():
    images = np.full((4000, 1, 1, 1), 10, np.uint8)
    turned = Negative(0.3)(images, np.random.default_rng(0)) != 10
    assert 0.27 < turned.mean() < 0.33
