"""Whether a model's probabilities can be taken at their word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.models.calibration import calibrated
from homespun.nn import Loss
from homespun.types import Array, FloatArray, IntArray


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
    """Return (n_samples, n_classes) float64 probabilities of logits / temperature."""
    return calibrated(loss, logits, temperature)


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
