"""Colours as people tell them apart: equal steps in CIE L*a*b* look about equally large."""

from __future__ import annotations

import numpy as np

from homespun.types import ByteArray, FloatArray

# Linear sRGB to CIE XYZ, divided by the white point D65 (IEC 61966-2-1:1999).
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_FROM_RGB = (_TO_XYZ / _TO_XYZ.sum(axis=1, keepdims=True)).astype(np.float32)
_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
_BEND = (6 / 29) ** 3


def to_lab(picture: ByteArray) -> FloatArray:
    """Return L*, a*, b* of an sRGB picture: (height, width, 3) uint8 -> the same shape, float32.

    White has L* = 100 and black 0; a* and b* are 0 for grey. Source: CIE 15:2004, section 8.2.1.
    """
    ratio = _LINEAR[picture] @ _FROM_RGB.T
    bent = np.where(ratio > _BEND, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = np.moveaxis(bent, -1, 0)
    lab: FloatArray = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
    return lab
