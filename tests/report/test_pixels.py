from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from homespun.report.pixels import picture_uri, strip_uri, thumbnails


def opened(uri: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1])))


@pytest.mark.parametrize("n_channels", [1, 3])
def test_a_picture_comes_back_bit_for_bit(n_channels: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, n_channels), dtype=np.uint8)
    back = np.asarray(opened(picture_uri(picture))).reshape(picture.shape)
    np.testing.assert_array_equal(back, picture)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_large_pictures_are_made_small_and_keep_their_proportions(n_channels: int) -> None:
    images = np.full((2, 100, 200, n_channels), 7, np.uint8)
    small = thumbnails(images)
    assert small.shape == (2, 32, 64, n_channels)
    assert (small == 7).all()
    assert thumbnails(small) is small


def test_a_strip_holds_its_pictures_side_by_side() -> None:
    images = np.stack([np.full((4, 4, 1), value, np.uint8) for value in (10, 20)])
    strip = np.asarray(opened(strip_uri(images, 2)))
    assert strip.shape == (8, 14)
    assert (strip[2, 2], strip[2, 8]) == (10, 20)
