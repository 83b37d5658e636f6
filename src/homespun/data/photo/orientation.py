"""Turning a picture upright: cameras store what the sensor saw, and how it was held beside it."""

from __future__ import annotations

from PIL import Image

_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each value of the flag (Exif 2.3, tag 0112); 1 is upright."""


def upright(image: Image.Image) -> Image.Image:
    """Return the picture turned as its orientation flag says; an odd or unreadable flag is none."""
    try:
        turn = _TURNS.get(image.getexif().get(_TAG, 1))
    except Exception:  # what is written beside the picture may be garbage; the picture is not
        turn = None
    if turn is None:
        return image
    turned = image.transpose(turn)
    turned.info = image.info
    return turned
