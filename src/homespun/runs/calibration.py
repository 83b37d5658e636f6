"""Whether a model's probabilities can be taken at their word, and what one number mends of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from homespun.nn import Loss
from homespun.types import Array, FloatArray, IntArray

_COLDEST, _HOTTEST = 0.05, 20.0
_LEAST = 1e-12
"""What a probability counts as at least, so that its logarithm is finite."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Answers sorted into bins by confidence; empty bins are left out.

    Attributes:
        confidence: mean confidence of each bin.
        accuracy: share of right answers of each bin.
        counts: how many answers each bin holds.
    """

    confidence: FloatArray
    accuracy: FloatArray
    counts: IntArray


def probabilities_at(loss: Loss, logits: FloatArray, temperature: float = 1.0) -> FloatArray:
    """Return (n_samples, n_classes) float64 probabilities of logits / temperature; rows sum to 1.

    Source: Guo et al., 2017, "On calibration of modern neural networks", equation 9.
    """
    scaled = logits.astype(np.float64) / temperature
    probabilities = np.maximum(loss.probabilities(scaled), _LEAST)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities


def fit_temperature(loss: Loss, logits: FloatArray, labels: IntArray) -> float:
    """Return the temperature with the least cross-entropy on these logits.

    They must be of pictures that were neither trained on nor are judged on: the validation part.
    """
    rows = np.arange(len(labels))

    def cross_entropy(log_temperature: float) -> float:
        probabilities = probabilities_at(loss, logits, float(np.exp(log_temperature)))
        return float(-np.log(probabilities[rows, labels]).mean())

    bounds = (np.log(_COLDEST), np.log(_HOTTEST))
    found = minimize_scalar(cross_entropy, bounds=bounds, method="bounded")
    return float(np.exp(found.x))


def reliability(probabilities: FloatArray, labels: IntArray, n_bins: int = 15) -> Reliability:
    """Return how often the likeliest class was right, by equal bins of its probability."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    full = counts > 0
    return Reliability(
        confidence=np.bincount(bins, confidence, n_bins)[full] / counts[full],
        accuracy=np.bincount(bins, right, n_bins)[full] / counts[full],
        counts=counts[full],
    )


def risk_coverage(confidence: FloatArray, right: Array) -> tuple[FloatArray, FloatArray]:
    """Return what share is wrong among the surest answers, as the share of answers kept grows.

    Returns:
        Coverage and risk, each (n_samples,). Answers alike in confidence stand in their order.

    Source: El-Yaniv and Wiener, 2010, "On the foundations of noise-free selective classification".
    """
    order = np.argsort(-confidence, kind="stable")
    n_kept = np.arange(1, len(order) + 1)
    return n_kept / len(order), np.cumsum(~right[order].astype(bool)) / n_kept
