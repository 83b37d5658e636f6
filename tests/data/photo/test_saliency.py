from __future__ import annotations

import numpy as np
import pytest

from homespun.data.photo.saliency import saliency
from homespun.data.photo.superpixels import superpixels


def scene(top: int, left: int) -> tuple[np.ndarray, np.ndarray]:
    """A square of 24 pixels a side on noisy ground, and where it is."""
    lab = np.random.default_rng(4).normal(60, 2, (72, 64, 3)).astype(np.float32)
    where = np.zeros((72, 64), dtype=bool)
    where[top : top + 24, left : left + 24] = True
    lab[where] -= 30
    return lab, where


@pytest.mark.parametrize(("top", "left"), [(24, 20), (10, 30), (0, 20), (24, 40)])
def test_what_the_frame_does_not_run_into_stands_out(top: int, left: int) -> None:
    lab, where = scene(top, left)  # the last two are cut off by a side of the photo
    patch = superpixels(lab, side=4)
    found = saliency(lab, patch)[patch]
    assert found[where].mean() > 3 * found[~where].mean()
    assert 0 <= found.min() <= found.max() <= 1


def test_nothing_stands_out_of_one_colour() -> None:
    lab = np.full((20, 20, 3), 50, np.float32)
    patch = superpixels(lab, side=4)
    np.testing.assert_allclose(saliency(lab, patch), 0, atol=1e-6)
