"""Small patches of one colour: a few hundred of them say nearly all that thousands of pixels do."""

from __future__ import annotations

import numpy as np

from homespun.types import FloatArray, IntArray

_ROUNDS = 4


def superpixels(lab: FloatArray, side: int, compactness: float = 12.0) -> IntArray:
    """Return the number of each pixel's patch, (height, width), from 0 and without gaps.

    SLIC (Achanta et al., 2012, doi:10.1109/TPAMI.2012.120), each pixel choosing among the patches
    of the nine grid cells around its own.

    Args:
        lab: colours of shape (height, width, 3).
        side: pixels a side of the grid that the patches start from.
        compactness: how far in colour counts as much as `side` pixels away.
    """
    height, width = lab.shape[:2]
    rows, columns = max(1, round(height / side)), max(1, round(width / side))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    row = np.minimum((y * rows / height).astype(np.intp), rows - 1)
    column = np.minimum((x * columns / width).astype(np.intp), columns - 1)
    weight = np.float32(compactness / side)
    points = np.concatenate([lab, (y * weight)[..., None], (x * weight)[..., None]], axis=2)
    patch = row * columns + column
    for _ in range(_ROUNDS):
        centres = patch_means(points, patch, rows * columns)
        best = np.full((height, width), np.inf, dtype=np.float32)
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                near = np.clip(row + down, 0, rows - 1) * columns + np.clip(
                    column + right, 0, columns - 1
                )
                distance = ((points - centres[near]) ** 2).sum(axis=2)
                closer = distance < best
                best[closer], patch[closer] = distance[closer], near[closer]
    return np.unique(patch, return_inverse=True)[1].reshape(height, width)


def patch_means(values: FloatArray, patch: IntArray, n: int) -> FloatArray:
    """Return the mean of each patch, (n, channel), of values (height, width, channel)."""
    counts = np.maximum(np.bincount(patch.ravel(), minlength=n), 1)
    sums = [
        np.bincount(patch.ravel(), values[..., c].ravel(), minlength=n)
        for c in range(values.shape[2])
    ]
    means: FloatArray = (np.stack(sums, axis=1) / counts[:, np.newaxis]).astype(np.float32)
    return means
