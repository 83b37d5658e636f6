"""Pictures with a part missing, so that a network looks at more than one thing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import Array, ByteArray, IntArray

_MOST_ASPECT = float(np.log(1 / 0.3))


def erase(images: ByteArray, boxes: IntArray, fill: ByteArray) -> ByteArray:
    """Return `images` with a rectangle of each replaced by that of `fill`.

    Args:
        images: (batch, height, width, channel).
        boxes: (batch, 4) top, left, bottom, right in pixels; bottom and right are left out. A box
            without height or width changes nothing.
        fill: what to put there; any shape that broadcasts to that of `images`.
    """
    top, left, bottom, right = boxes.T[:, :, np.newaxis]
    rows, columns = np.arange(images.shape[1]), np.arange(images.shape[2])
    in_rows: Array = (rows >= top) & (rows < bottom)
    in_columns: Array = (columns >= left) & (columns < right)
    inside = in_rows[:, :, np.newaxis] & in_columns[:, np.newaxis]
    return np.where(inside[..., np.newaxis], fill, images)


@dataclass(frozen=True)
class Erase:
    """Replace a rectangle of every second picture, on average, by noise.

    Attributes:
        chance: the share of pictures that lose a part.
        least: the smallest part of the picture's area that is taken.
        most: the largest.

    Source: Zhong et al., 2017, "Random erasing data augmentation", algorithm 1: area, aspect (0.3
    to 1 / 0.3) and place of the rectangle are drawn, then the number at each of its pixels. A side
    longer than the picture's is cut to it, where the paper draws again.
    """

    chance: float = 0.5
    least: float = 0.02
    most: float = 0.4

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw the rectangles and the noise, and fill."""
        boxes = _draw_boxes(images, self.chance, self.least, self.most, rng)
        noise = np.frombuffer(rng.bytes(images.size), np.uint8).reshape(images.shape)
        return erase(images, boxes, noise)


@dataclass(frozen=True)
class Cut:
    """Replace a rectangle of some pictures by black, as a cut-out does that takes too much.

    Attributes:
        chance: the share of pictures that lose a part.
        most: the largest part of the picture's area that is taken.
    """

    chance: float = 0.3
    most: float = 0.1

    def __call__(self, images: ByteArray, rng: np.random.Generator) -> ByteArray:
        """Draw the rectangles, and blacken."""
        boxes = _draw_boxes(images, self.chance, 0.0, self.most, rng)
        return erase(images, boxes, np.zeros(1, np.uint8))


def _draw_boxes(
    images: ByteArray, chance: float, least: float, most: float, rng: np.random.Generator
) -> IntArray:
    """Return (batch, 4) boxes; those of pictures that lose nothing have no size."""
    n, height, width, _ = images.shape
    area = rng.uniform(least, most, n) * (rng.random(n) < chance)
    stretch = np.exp(rng.uniform(-_MOST_ASPECT, _MOST_ASPECT, n) / 2)
    box_height = np.minimum(np.sqrt(area) * stretch, 1) * height
    box_width = np.minimum(np.sqrt(area) / stretch, 1) * width
    top = rng.random(n) * (height - box_height)
    left = rng.random(n) * (width - box_width)
    ends = np.rint([top, left, top + box_height, left + box_width])
    boxes: IntArray = ends.astype(np.int64).T
    return boxes
