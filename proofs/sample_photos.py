"""Small sound pictures of every kind that is read, with all that such files may hold."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms


def sample_photos() -> list[bytes]:
    """Return files: each format, and each kind of pixels, profile and flag that it may have."""
    rng = np.random.default_rng(0)
    colour = Image.fromarray(rng.integers(0, 256, (12, 17, 3), dtype=np.uint8))
    clear = colour.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(colour.size))
    flag = Image.Exif()
    flag[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    moving = {"save_all": True, "append_images": [colour.rotate(180)]}
    return [
        _stored(colour, "JPEG", exif=flag),
        _stored(colour, "JPEG", icc_profile=profile, progressive=True),
        _stored(colour.convert("CMYK"), "JPEG"),
        _stored(colour.convert("L"), "JPEG"),
        _stored(clear, "PNG", exif=flag, icc_profile=profile),
        _stored(colour.convert("P"), "PNG", transparency=3),
        _stored(colour.convert("1"), "PNG"),
        _stored(Image.fromarray(rng.integers(0, 65536, (12, 17), dtype=np.uint16)), "PNG"),
        _stored(clear, "WEBP", lossless=True, exif=flag),
        _stored(colour, "WEBP", **moving),
        _stored(colour, "BMP"),
        _stored(colour.convert("P"), "BMP"),
        _stored(colour, "GIF", **moving),
    ]


def _stored(image: Image.Image, kind: str, **settings: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **settings)
    return out.getvalue()
