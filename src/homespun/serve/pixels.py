"""Pixels as addresses that hold their own PNG file, for answers that bring pictures along."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from homespun.types import Array, ByteArray, FloatArray

_LARGEST = 256
"""Pixels a side; a larger picture is made smaller, so that an answer stays small."""
_LOST = np.array([198.0, 40.0, 40.0])
_GAINED = np.array([21.0, 101.0, 192.0])
_STRONGEST = 0.75
_LEAST = 0.01
"""A loss of probability below which colours fade, so that noise is not shown as if it mattered."""


def png_uri(picture: ByteArray) -> str:
    """Return a picture (height, width), (height, width, 1) or (height, width, 3) as an address."""
    image = Image.fromarray(np.ascontiguousarray(_flat(picture)))
    if max(image.size) > _LARGEST:
        image.thumbnail((_LARGEST, _LARGEST), Image.Resampling.BOX)
    out = io.BytesIO()
    image.save(out, format="PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def tinted(picture: ByteArray, lost: FloatArray) -> ByteArray:
    """Return the picture (height, width, channel) in colours (height, width, 3): what it hangs on.

    Args:
        picture: as the model sees it.
        lost: (height, width) how much of the answer's probability is lost with each place; red
            where it is lost, blue where it would grow.
    """
    grey = np.broadcast_to(picture, (*picture.shape[:2], 3)).astype(np.float64)
    most = max(float(np.abs(lost).max()), _LEAST)
    strength = (_STRONGEST * np.abs(lost) / most)[..., np.newaxis]
    colour = np.where((lost > 0)[..., np.newaxis], _LOST, _GAINED)
    return np.rint(grey * (1 - strength) + colour * strength).astype(np.uint8)


def _flat(picture: Array) -> Array:
    return picture[..., 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture
