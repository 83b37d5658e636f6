"""The article's helper functions in the form that it printed, kept for what they get wrong.

`homespun.nn.functions` has the safe ones. These overflow, divide infinity by infinity and take
the logarithm of zero, and the tests show where.
"""

from __future__ import annotations

import numpy as np

from homespun.types import FloatArray, IntArray


def sigmoid(z: FloatArray) -> FloatArray:
    """Return `1 / (1 + exp(-z))`; the exponential overflows for `z` below about -709."""
    result: FloatArray = 1.0 / (1.0 + np.exp(-z))
    return result


def softmax(z: FloatArray) -> FloatArray:
    """(n_samples, n_classes) -> (n_samples, n_classes); nan as soon as a score passes 709."""
    powers = np.exp(z)
    shares: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def mle(y: FloatArray, axis: int = 1) -> IntArray:
    """(n_samples, n_classes) -> (n_samples,): the index of the largest value along `axis`."""
    labels: IntArray = np.argmax(y, axis=axis)
    return labels


def cross_entropy(outputs: FloatArray, targets: FloatArray, axis: int = 1) -> FloatArray:
    """Return `-Σ targets · log(outputs)` along `axis`; nan where an output and its target are 0.

    The classifier's arrays have a column a sample, so with `axis=1` the sum runs over the
    samples and leaves one value a class.
    """
    total: FloatArray = -np.sum(targets * np.log(outputs), axis=axis)
    return total


def l1_reg(factor: float, w1: FloatArray, w2: FloatArray) -> float:
    """Return `factor / 2` times the sum of the absolute weights."""
    return float(factor / 2.0 * (np.abs(w1).sum() + np.abs(w2).sum()))


def l2_reg(factor: float, w1: FloatArray, w2: FloatArray) -> float:
    """Return `factor / 2` times the sum of the squared weights."""
    return float(factor / 2.0 * (np.square(w1).sum() + np.square(w2).sum()))
