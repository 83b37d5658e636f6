"""A first guess at the object: what the frame of the photo does not run into.

Background reaches the frame on a long front, an object hardly or not at all, even one that is cut
off at a side. Following Zhu, Liang, Wei and Sun, Saliency Optimization from Robust Background
Detection (2014, doi:10.1109/CVPR.2014.360), whose section numbers stand below.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from homespun.data.photo.superpixels import patch_means
from homespun.types import BoolArray, FloatArray, IntArray

_COLOUR = 10.0
"""The distance in L*a*b* at which two patches stop being alike."""
_SPREAD = 0.25
"""How far patches are compared, in parts of the longer side."""


def saliency(lab: FloatArray, patch: IntArray) -> FloatArray:
    """Return for each patch, (n,), how surely it belongs to the object, from 0 to 1."""
    n = int(patch.max()) + 1
    height, width = patch.shape
    colours = patch_means(lab, patch, n).astype(np.float64)
    grid = np.moveaxis(np.mgrid[:height, :width], 0, -1) / max(height, width)
    places = patch_means(grid, patch, n)
    at_frame = np.zeros(n, dtype=bool)
    at_frame[np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])] = True

    neighbours = _neighbours(patch, n)
    apart = np.linalg.norm(colours[:, None] - colours, axis=2)
    background = _background(apart, neighbours, at_frame)
    near = np.exp(-((places[:, None] - places) ** 2).sum(axis=2) / (2 * _SPREAD**2))
    contrast = (apart * near) @ background  # section 4.1
    contrast /= contrast.max() or 1.0

    alike = np.where(neighbours, np.exp(-(apart**2) / (2 * _COLOUR**2)) + 0.1, 0)  # section 4.2
    pull = np.diag(background + contrast + alike.sum(axis=1)) - alike
    answer: FloatArray = np.linalg.solve(pull, contrast)
    return np.clip(answer, 0, 1)


def _background(apart: FloatArray, neighbours: BoolArray, at_frame: BoolArray) -> FloatArray:
    """Return how surely each patch is background, by its share of the frame (section 3.2)."""
    at_both = at_frame[:, None] & at_frame
    joined = neighbours | at_both
    np.fill_diagonal(joined, False)
    steps = np.where(joined, np.maximum(apart - _small_step(apart, neighbours), 0) + 1e-6, 0)
    paths = dijkstra(csr_array(steps), directed=False)
    reach = np.exp(-(paths**2) / (2 * _COLOUR**2))
    share = reach[:, at_frame].sum(axis=1) / np.sqrt(reach.sum(axis=1))
    result: FloatArray = 1 - np.exp(-(share**2) / 2)
    return result


def _small_step(apart: FloatArray, neighbours: BoolArray) -> float:
    """Return the step that patches of one and the same ground are apart, for no reason."""
    nearest = np.where(neighbours, apart, np.inf).min(axis=1)
    return float(np.mean(nearest[np.isfinite(nearest)])) if np.isfinite(nearest).any() else 0.0


def _neighbours(patch: IntArray, n: int) -> BoolArray:
    """Return which patches touch, or touch a common one, (n, n)."""
    touch = np.zeros((n, n), dtype=bool)
    for a, b in ((patch[1:], patch[:-1]), (patch[:, 1:], patch[:, :-1])):
        touch[a.ravel(), b.ravel()] = touch[b.ravel(), a.ravel()] = True
    np.fill_diagonal(touch, False)
    return touch
