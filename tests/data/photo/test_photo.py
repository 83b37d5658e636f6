from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Photo
from homespun.errors import ShapeError


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((2, 3), np.uint8),
        np.zeros((2, 3, 4), np.uint8),
        np.zeros((0, 3, 3), np.uint8),
        np.zeros((2, 3, 3), np.float32),
    ],
)
def test_other_pixels_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=r"Photo: expected uint8 .* \(height, width, 3\), got"):
        Photo(pixels)
    assert Photo(np.zeros((2, 3, 3), np.uint8)).pixels.shape == (2, 3, 3)
