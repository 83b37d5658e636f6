from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from homespun.runs.far import digits, far_sets, separation, unlikeness


@pytest.mark.parametrize("in_shape", [(8, 8, 1), (28, 28, 1), (20, 10, 3), (6, 6, 2)])
def test_far_pictures_come_in_the_models_shape(in_shape: tuple[int, int, int]) -> None:
    sets = far_sets(in_shape, seed=1, n=12)
    assert list(sets) == ["handwritten digits", "letters", "pieces of photos", "noise"]
    for images in sets.values():
        assert images.shape == (12, *in_shape)
        assert images.dtype == np.uint8
        assert images.max() > 100
        assert len({image.tobytes() for image in images}) > 10
    grey = [sets[name] for name in ("handwritten digits", "letters")]
    assert all((images == images[..., :1]).all() for images in grey)


def test_digits_are_scikit_learns() -> None:
    images = digits((8, 8, 1))
    np.testing.assert_allclose(images[..., 0], load_digits().images * 255 / 16, atol=0.51)


def test_the_seed_decides_what_is_drawn() -> None:
    first, again, other = (far_sets((9, 9, 3), seed, n=5) for seed in (1, 1, 2))
    for name in ("letters", "pieces of photos", "noise"):
        np.testing.assert_array_equal(first[name], again[name])
        assert (first[name] != other[name]).any()
    assert (first["pieces of photos"] != first["pieces of photos"][..., :1]).any(), "colours stay"


def test_separation_counts_pairs_in_which_the_far_one_scores_higher() -> None:
    assert separation(np.array([0.1, 0.4]), np.array([0.5, 0.3])) == 0.75
    assert separation(np.array([0.2]), np.array([0.2])) == 0.5
    assert unlikeness(np.array([[0.25, 0.75]])).tolist() == [0.25]
