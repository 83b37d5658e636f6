"""How a model tells that a picture is like nothing it learnt: its score on pictures from afar."""

from __future__ import annotations

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from homespun.types import ByteArray, FloatArray, Shape

_INKS = 16
"""Values of the digits' pixels go from 0 to this."""


def far_pictures(in_shape: Shape) -> ByteArray:
    """Return 1,797 handwritten digits, enlarged to `in_shape` (height, width, channel).

    They come with scikit-learn (Alpaydin and Kaynak, 1998), so they are always at hand.
    """
    height, width, n_channels = in_shape
    digits = np.round(load_digits().images * (255 / _INKS)).astype(np.uint8)
    large = np.stack([_resized(digit, (width, height)) for digit in digits])
    return np.repeat(large[..., np.newaxis], n_channels, axis=3)


def unlikeness(probabilities: FloatArray) -> FloatArray:
    """Return (n_samples,): 1 - the highest probability, the simplest score of not belonging.

    Source: Hendrycks and Gimpel, 2017, "A baseline for detecting misclassified and
    out-of-distribution examples in neural networks".
    """
    scores: FloatArray = 1 - probabilities.max(axis=1)
    return scores


def separation(near: FloatArray, far: FloatArray) -> float:
    """Return how often a far picture scores higher than a near one (area under the ROC curve)."""
    is_far = np.repeat([0, 1], [len(near), len(far)])
    return float(roc_auc_score(is_far, np.concatenate([near, far])))


def _resized(picture: ByteArray, size: tuple[int, int]) -> ByteArray:
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))
