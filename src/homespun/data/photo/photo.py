"""A photo as the rest of homespun sees it: upright, in sRGB, nothing transparent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import ShapeError
from homespun.types import ByteArray


@dataclass(frozen=True, eq=False)
class Photo:
    """The pixels of one photo.

    Attributes:
        pixels: uint8 of shape (height, width, 3), sRGB, upright, at least one pixel.

    Raises:
        ShapeError: the pixels have another shape or another type.
    """

    pixels: ByteArray

    def __post_init__(self) -> None:
        pixels = self.pixels
        fits = pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
        if not fits or not pixels.size:
            raise ShapeError(
                "Photo: expected uint8 pixels of shape (height, width, 3), "
                f"got {pixels.dtype} of shape {pixels.shape}"
            )
