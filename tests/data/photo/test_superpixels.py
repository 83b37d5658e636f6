from __future__ import annotations

import numpy as np
import pytest

from homespun.data.photo.superpixels import patch_means, superpixels


def test_no_patch_crosses_a_sharp_edge() -> None:
    lab = np.zeros((40, 50, 3), np.float32)
    y, x = np.mgrid[:40, :50]
    inside = (y - 20) ** 2 + (x - 23) ** 2 < 150
    lab[inside] = (60, 20, 0)
    patch = superpixels(lab, side=5)
    assert not set(patch[inside]) & set(patch[~inside])
    assert set(np.unique(patch)) == set(range(patch.max() + 1))
    assert 40 < patch.max() < 120


def test_means_are_those_of_the_patches() -> None:
    values = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    patch = np.array([[0, 0, 1], [1, 1, 0]])
    # pixels 0, 1 and 5 lie in the first: (0 + 2 + 10) / 3 and (1 + 3 + 11) / 3
    np.testing.assert_allclose(patch_means(values, patch, 2), [[4, 5], [6, 7]])


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 2)])
def test_small_pictures(shape: tuple[int, int]) -> None:
    patch = superpixels(np.zeros((*shape, 3), np.float32), side=7)
    assert patch.shape == shape
    assert patch.min() == 0
