import numpy as np

from homespun.augment import Flip, flip

IMAGES = np.arange(2 * 3 * 4 * 2, dtype=np.uint8).reshape(2, 3, 4, 2)


def test_flip_mirrors_the_chosen_ones():
    flipped = flip(IMAGES, np.array([True, False]))
    np.testing.assert_array_equal(flipped[0], IMAGES[0, :, ::-1])
    np.testing.assert_array_equal(flipped[1], IMAGES[1])


def test_half_of_the_pictures_are_flipped():
    image = np.zeros((4000, 1, 2, 1), np.uint8)
    image[:, :, 0] = 1
    share = Flip()(image, np.random.default_rng(0))[:, 0, 1].mean()
    assert 0.45 < share < 0.55
