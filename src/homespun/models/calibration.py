"""Probabilities that can be taken at their word: two numbers fitted on pictures held out."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from homespun.nn import BinaryCrossEntropy, Loss
from homespun.types import Array, FloatArray, IntArray

COLDEST, HOTTEST = 0.05, 20.0
"""Within these the temperature is looked for."""

LEAST = 1e-12
"""What a probability counts as at least, so that its logarithm is finite."""
LEFT = 0.01
"""What is left at least of a probability when the share that smoothing gave it is taken off."""
_MOST_SMOOTHED = 0.6
"""Of even shares: the most that is taken for smoothing's."""
_CANDIDATES = 16
_WILSON_Z = 1.959963984540054
"""Two-sided 95% of the standard normal distribution."""


def calibrated(
    loss: Loss, logits: FloatArray, temperature: float = 1.0, smoothing: float = 0.0
) -> FloatArray:
    """Return (n_samples, n_classes) float64 probabilities; the order of classes stays.

    Without smoothing they are those of logits / temperature (Guo et al., 2017, "On calibration of
    modern neural networks", equation 9). A network trained with label smoothing aims at giving
    every class a share of its own, however sure it is; so `smoothing` is taken off each probability
    first, and the temperature then divides the logarithms of what is left. That is ensemble
    temperature scaling's uniform part (Zhang et al., 2020, "Mix-n-Match", section 4) with its sign
    the other way.

    Args:
        loss: what the network was trained with.
        logits: (n_samples, n_classes).
        temperature: above 0; below 1 makes answers surer.
        smoothing: from 0 to below 1 / n_classes; of no meaning where classes exclude nothing.
    """
    wide: FloatArray = logits.astype(np.float64)
    if isinstance(loss, BinaryCrossEntropy):
        return loss.probabilities(wide / temperature)
    if smoothing:
        wide = _without(smoothing, loss.probabilities(wide))
    probabilities = np.maximum(loss.probabilities(wide / temperature), LEAST)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities


def fit_calibration(loss: Loss, logits: FloatArray, labels: IntArray) -> tuple[float, float]:
    """Return the temperature and the smoothing with the least cross-entropy on these logits.

    They must be of pictures that were neither trained on nor are judged on: the validation part.

    Args:
        loss: what the network was trained with.
        logits: (n_samples, n_classes).
        labels: (n_samples,) class indices.
    """
    rows = np.arange(len(labels))
    bounds = (math.log(COLDEST), math.log(HOTTEST))
    plain = loss.probabilities(logits.astype(np.float64))

    def at_best(smoothing: float) -> tuple[float, float]:
        """Return the best temperature's logarithm, and the cross-entropy there."""
        logarithms = _without(smoothing, plain)
        logarithms -= logarithms.max(axis=1, keepdims=True)
        own = float(logarithms[rows, labels].mean())

        def cross_entropy(log_temperature: float) -> float:
            inverse = math.exp(-log_temperature)
            sums = np.exp(logarithms * inverse).sum(axis=1)
            return float(np.log(sums).mean()) - own * inverse

        return _least(cross_entropy, bounds, 1e-4)

    # Either number does part of the other's work, so there may be several valleys: look at all.
    candidates = np.linspace(0, _MOST_SMOOTHED / logits.shape[1], _CANDIDATES).tolist()
    values = [at_best(smoothing)[1] for smoothing in candidates]
    i = int(np.argmin(values))
    around = candidates[max(i - 1, 0)], candidates[min(i + 1, len(candidates) - 1)]
    smoothing, value = _least(lambda place: at_best(place)[1], around, 1e-5)
    if value >= values[i]:
        smoothing = candidates[i]
    return math.exp(at_best(smoothing)[0]), smoothing


def _least(
    function: Callable[[float], float], bounds: tuple[float, float], precision: float
) -> tuple[float, float]:
    """Return where between the bounds a function is least, and its value there."""
    from scipy.optimize import minimize_scalar  # slow to import, and only fitting needs it

    found = minimize_scalar(function, bounds=bounds, method="bounded", options={"xatol": precision})
    return float(found.x), float(found.fun)


def _without(smoothing: float, probabilities: FloatArray) -> FloatArray:
    """Return the logarithms of what is left of probabilities when `smoothing` is taken off."""
    left = np.maximum(probabilities - smoothing, LEFT * probabilities)
    logarithms: FloatArray = np.log(np.maximum(left, LEAST))
    return logarithms


def sure_from(confidence: FloatArray, right: Array, promise: float) -> float | None:
    """Return the confidence from which answers keep a promise: so large a share of them is right.

    It is the lowest one for which the lower end of Wilson's 95% interval (Wilson, 1927, equation 9)
    of the answers at least as sure reaches the promise. Few pictures prove little: then, and where
    answers are not that good, there is none.

    Args:
        confidence: (n_samples,) of answers to pictures held out.
        right: (n_samples,) bool.
        promise: a share from 0 to 1.
    """
    order = np.argsort(-confidence, kind="stable")
    n = np.arange(1, len(order) + 1)
    share = np.cumsum(right[order].astype(np.float64)) / n
    z2 = _WILSON_Z**2
    middle = share + z2 / (2 * n)
    low = (middle - _WILSON_Z * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    ranked = confidence[order]
    # among equals all or none count as sure
    ends = np.append(ranked[1:] < ranked[:-1], True) if len(order) else np.empty(0, bool)
    keeps = np.flatnonzero((low >= promise) & ends)
    return float(ranked[keeps[-1]]) if len(keeps) else None
