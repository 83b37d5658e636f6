import numpy as np

from homespun.augment import Shift, shift

IMAGES = np.arange(2 * 3 * 4 * 2, dtype=np.uint8).reshape(2, 3, 4, 2)


def test_shift_moves_and_fills_with_zeros():
    moved = shift(IMAGES, np.array([1, 0]), np.array([0, -2]), most=2)
    np.testing.assert_array_equal(moved[0, 1:], IMAGES[0, :-1])
    assert not moved[0, 0].any()
    np.testing.assert_array_equal(moved[1, :, :2], IMAGES[1, :, 2:])
    assert not moved[1, :, 2:].any()


def test_every_shift_occurs_and_none_is_larger():
    image = np.zeros((4000, 5, 5, 1), np.uint8)
    image[:, 2, 2] = 1
    places = np.argwhere(Shift(1)(image, np.random.default_rng(0)))[:, 1:3]
    found, counts = np.unique(places, axis=0, return_counts=True)
    assert found.tolist() == [[r, c] for r in (1, 2, 3) for c in (1, 2, 3)]
    assert counts.min() > 350
