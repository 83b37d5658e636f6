from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from homespun.data.photo.finish import sharpened, stretched


@pytest.mark.parametrize("ground", [0.0, 255.0])
def test_the_object_comes_to_stand_out_as_the_training_pictures_do(ground: float) -> None:
    values = np.full((28, 28, 1), ground, np.float32)
    values[5:20, 5:20] = abs(ground - 150)
    result = stretched(values, ground)
    np.testing.assert_allclose(result[5:20, 5:20], abs(ground - 195), atol=1e-3)
    np.testing.assert_allclose(result[:5], ground)


def test_what_stands_out_is_left_as_it_is_and_noise_is_not_blown_up() -> None:
    bright = np.full((28, 28, 1), 250, np.float32)
    np.testing.assert_array_equal(stretched(bright, 0.0), bright)
    faint = np.full((28, 28, 1), 10, np.float32)
    np.testing.assert_allclose(stretched(faint, 0.0), 15)
    nothing = np.zeros((28, 28, 1), np.float32)
    np.testing.assert_array_equal(stretched(nothing, 0.0), nothing)


def test_sharpening_is_an_unsharp_mask() -> None:
    values = np.zeros((28, 28, 1), np.float32)
    values[10:18, 8:20] = 100
    image = Image.fromarray(values[..., 0].astype(np.uint8))
    expected = np.asarray(image.filter(ImageFilter.UnsharpMask(1, 50, 0)), dtype=float)
    result = np.clip(sharpened(values), 0, 255)[..., 0]
    np.testing.assert_allclose(result, expected, atol=4)  # Pillow's blur is made of boxes
    assert result.max() > 110
