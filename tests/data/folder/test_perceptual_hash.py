from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from scipy.fft import dctn

from homespun.data.folder.perceptual_hash import perceptual_hash
from homespun.data.folder.twins import MOST_DISTANCE
from homespun.types import ByteArray


def blobs(seed: int) -> Image.Image:
    """A picture with large and small forms."""
    rng = np.random.default_rng(seed)
    large = rng.integers(0, 256, (9, 7, 3), dtype=np.uint8)
    small = rng.integers(0, 80, (60, 45, 3), dtype=np.uint8)
    picture = Image.fromarray(large).resize((180, 240), Image.Resampling.BICUBIC)
    return Image.blend(picture, Image.fromarray(small).resize((180, 240)), 0.3)


def bits(picture: Image.Image) -> ByteArray:
    found = perceptual_hash(np.asarray(picture))
    assert found is not None
    return np.unpackbits(found)


def as_jpeg(picture: Image.Image) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=50)
    return Image.open(out)


def test_it_is_the_sign_of_scipys_transform() -> None:
    picture = blobs(0)
    grey = np.asarray(picture.convert("L").resize((64, 64), Image.Resampling.BOX), dtype=float)
    low = dctn(grey, type=2)[:16, :16].ravel()[1:]
    np.testing.assert_array_equal(bits(picture)[:255], low > np.median(low))


@pytest.mark.parametrize("seed", range(5))
def test_it_hardly_changes_with_the_file(seed: int) -> None:
    picture = blobs(seed)
    for changed in (
        as_jpeg(picture),
        picture.resize((90, 120), Image.Resampling.LANCZOS),
        ImageEnhance.Brightness(picture).enhance(1.1),
    ):
        assert (bits(changed) != bits(picture)).sum() <= MOST_DISTANCE
    assert (bits(blobs(seed + 1)) != bits(picture)).sum() > 3 * MOST_DISTANCE


def test_a_flat_picture_has_none() -> None:
    assert perceptual_hash(np.full((9, 12, 3), 200, np.uint8)) is None
    assert perceptual_hash(np.full((1, 1, 3), 7, np.uint8)) is None
