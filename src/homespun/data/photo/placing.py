"""Bringing pictures to a size: made smaller without stripes, their sides kept in proportion."""

from __future__ import annotations

import numpy as np
from PIL import Image

from homespun.data.photo.preparation import Preparation
from homespun.types import ByteArray, FloatArray, Shape


def to_side(pixels: ByteArray, longest: int, *, enlarge: bool) -> ByteArray:
    """Return the picture (height, width, 3) with a longer side of `longest` pixels.

    A smaller picture stays as it is unless it may be enlarged.
    """
    height, width = pixels.shape[:2]
    scale = longest / max(height, width)
    if scale == 1 or (scale > 1 and not enlarge):
        return pixels
    size = _scaled(height, width, scale)
    way = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    return np.asarray(Image.fromarray(pixels).resize(size[::-1], way), dtype=np.uint8)


def placed(
    values: FloatArray, in_shape: Shape, preparation: Preparation, ground: float
) -> FloatArray:
    """Return the picture (h, w, channel) brought into the frame `in_shape`, in proportion.

    With `fill` it covers all of the frame, and its middle is taken. Otherwise all of it fits in:
    what is cut out lies on `ground`, and of any other picture the edges are drawn out.
    """
    height, width = in_shape[:2]
    scales = height / values.shape[0], width / values.shape[1]
    scale = max(scales) if preparation.fill else min(scales)
    size = _scaled(values.shape[0], values.shape[1], scale)
    size = (max(size[0], height), max(size[1], width)) if preparation.fill else size
    small = resized(values, size)
    if preparation.fill:
        top, left = (size[0] - height) // 2, (size[1] - width) // 2
        return small[top : top + height, left : left + width]
    above, before = (height - size[0]) // 2, (width - size[1]) // 2
    margins = ((above, height - size[0] - above), (before, width - size[1] - before), (0, 0))
    if preparation.cut_out:
        return np.pad(small, margins, constant_values=ground)
    return np.pad(small, margins, mode="edge")


def bounding_box(mask: FloatArray) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of what the mask (height, width) holds, ends excluded.

    A mask that holds nothing gives all of its frame.
    """
    held = mask > 0.5
    rows, columns = np.flatnonzero(held.any(axis=1)), np.flatnonzero(held.any(axis=0))
    if not rows.size:
        return 0, mask.shape[0], 0, mask.shape[1]
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def resized(values: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Return the picture (h, w, channel) resized to (height, width, channel), averaging."""
    channels = np.moveaxis(np.asarray(values, dtype=np.float32), -1, 0)
    way = Image.Resampling.BICUBIC
    small = [
        np.asarray(Image.fromarray(np.ascontiguousarray(channel)).resize(size[::-1], way))
        for channel in channels
    ]
    return np.stack(small, axis=-1)


def _scaled(height: int, width: int, scale: float) -> tuple[int, int]:
    return max(1, round(height * scale)), max(1, round(width * scale))
