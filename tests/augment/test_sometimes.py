import numpy as np
from numpy.testing import assert_array_equal

from homespun.augment import Flip, Negative, Shift, Sometimes

IMAGES = np.random.default_rng(0).integers(1, 256, (400, 3, 4, 1)).astype(np.uint8)
ALL_NEGATIVE = Negative(chance=1.0)


def test_a_share_goes_through_all_changes_and_the_rest_stays():
    before = IMAGES.copy()
    changed = Sometimes((ALL_NEGATIVE, ALL_NEGATIVE, ALL_NEGATIVE), 0.25)(
        IMAGES, np.random.default_rng(1)
    )
    is_negative = (changed == 256 - IMAGES.astype(int)).all(axis=(1, 2, 3))
    assert_array_equal(changed[~is_negative], IMAGES[~is_negative])
    assert 0.15 < is_negative.mean() < 0.35
    assert_array_equal(IMAGES, before)


def test_never_and_always():
    rng = np.random.default_rng(1)
    assert_array_equal(Sometimes((ALL_NEGATIVE,), 0.0)(IMAGES, rng), IMAGES)
    assert_array_equal(Sometimes((ALL_NEGATIVE,), 1.0)(IMAGES, rng), 256 - IMAGES.astype(int))
    assert_array_equal(Sometimes((Flip(), Shift(1)), 0.0)(IMAGES[:0], rng), IMAGES[:0])
