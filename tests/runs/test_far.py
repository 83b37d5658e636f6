from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from homespun.runs.far import far_pictures, separation, unlikeness


@pytest.mark.parametrize("in_shape", [(8, 8, 1), (28, 28, 1), (20, 10, 3)])
def test_digits_come_in_the_models_shape(in_shape: tuple[int, int, int]) -> None:
    images = far_pictures(in_shape)
    assert images.shape == (1797, *in_shape)
    assert images.dtype == np.uint8
    assert images.max() > 200
    if in_shape[:2] == (8, 8):
        np.testing.assert_allclose(images[..., 0], load_digits().images * 255 / 16, atol=0.51)


def test_separation_counts_pairs_in_which_the_far_one_scores_higher() -> None:
    assert separation(np.array([0.1, 0.4]), np.array([0.5, 0.3])) == 0.75
    assert separation(np.array([0.2]), np.array([0.2])) == 0.5
    assert unlikeness(np.array([[0.25, 0.75]])).tolist() == [0.25]
