"""What clients send: pictures of 28 x 28 pixels, and photos of two megapixels."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from homespun.data import load_fashion_mnist
from made_photos import GROUNDS, make_photo

_N_SMALL = 64
_N_LARGE = 8
_SIZE = (1632, 1224)
_NOISE = 2.0
"""What a camera's sensor adds; without it JPEG files are smaller than true ones."""


def small_pictures() -> list[bytes]:
    """Return PNG files of training pictures, as they are."""
    return [_file(image[..., 0], "PNG") for image in load_fashion_mnist()[0].images[:_N_SMALL]]


def large_photos() -> list[bytes]:
    """Return JPEG files of made photos, 1632 x 1224 pixels each."""
    rng = np.random.default_rng(0)
    grounds = list(GROUNDS)
    photos = []
    for number, picture in enumerate(load_fashion_mnist()[0].images[:_N_LARGE]):
        made = make_photo(picture[..., 0], grounds[number % len(grounds)], rng)
        large = Image.fromarray(made.pixels).resize(_SIZE, Image.Resampling.BICUBIC)
        noisy = np.asarray(large) + rng.normal(0, _NOISE, (_SIZE[1], _SIZE[0], 3))
        photos.append(_file(np.clip(np.rint(noisy), 0, 255).astype(np.uint8), "JPEG"))
    return photos


def _file(pixels: np.ndarray, kind: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()
