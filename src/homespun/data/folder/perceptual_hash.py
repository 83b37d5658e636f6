"""A hash that stays nearly the same when a picture is scaled, compressed anew or made brighter.

After Zauner (2010), "Implementation and benchmarking of perceptual image hash functions", section
3.2.1: signs of the lowest frequencies of the picture in grey. There are 255 of them here instead of
64, since pictures of like products on like backgrounds differ in their finer parts alone.
"""

from __future__ import annotations

import numpy as np

from homespun.types import ByteArray, FloatArray

N_BYTES = 32
_SIDE = 64
_KEPT = 16
_FLAT = 2.0
"""Grey levels of deviation below which a picture is one flat colour, whose hash is but noise."""


def perceptual_hash(pixels: ByteArray) -> ByteArray | None:
    """Return 255 bits in 32 bytes for a picture (height, width, 3), or None if it is flat.

    A bit says whether a frequency of the discrete cosine transform of the picture, in grey and at
    64 x 64 pixels, is above the median of the 255 lowest, the mean left out.
    """
    from PIL import Image  # slow to import

    grey = Image.fromarray(pixels).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    values = np.asarray(grey, dtype=np.float64)
    if values.std() < _FLAT:
        return None
    frequencies = (_COSINES @ values @ _COSINES.T).ravel()[1:]
    return np.packbits(frequencies > np.median(frequencies))


def _cosines(n_kept: int, n: int) -> FloatArray:
    """Return the first rows of the discrete cosine transform II, without its factors."""
    cosines: FloatArray = np.cos(np.pi / n * np.outer(np.arange(n_kept), np.arange(n) + 0.5))
    return cosines


_COSINES = _cosines(_KEPT, _SIDE)
