"""The one table of cases that every change of pictures goes through."""

import numpy as np
import pytest

from homespun.augment import Blur, Cut, Erase, Flip, Leftover, Negative, Shift, Tone, Turn

IMAGES = np.random.default_rng(1).integers(0, 256, (6, 9, 7, 2), dtype=np.uint8)
IMAGES[:, :2] = 0  # some background
CHANGES = [
    Blur(),
    Cut(chance=0.6, most=0.5),
    Erase(),
    Erase(chance=1.0),
    Flip(),
    Leftover(),
    Negative(),
    Shift(1),
    Shift(2),
    Tone(),
    Turn(),
]


@pytest.mark.parametrize("change", CHANGES, ids=repr)
def test_draws_depend_on_the_generator_alone(change):
    before = IMAGES.copy()
    first = change(IMAGES, np.random.default_rng(0))
    again = change(IMAGES, np.random.default_rng(0))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(IMAGES, before)
    assert first.shape == IMAGES.shape
    assert first.dtype == np.uint8


@pytest.mark.parametrize("change", CHANGES, ids=repr)
def test_other_draws_change_otherwise(change):
    results = {change(IMAGES, np.random.default_rng(seed)).tobytes() for seed in range(20)}
    assert len(results) > 5


@pytest.mark.parametrize("change", CHANGES, ids=repr)
def test_a_single_pixel_and_no_pictures(change):
    one = np.full((3, 1, 1, 1), 7, np.uint8)
    assert change(one, np.random.default_rng(0)).shape == one.shape
    assert change(IMAGES[:0], np.random.default_rng(0)).shape == IMAGES[:0].shape
