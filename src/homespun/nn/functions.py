"""The functions of the article that this project starts from, made safe for any finite input.

Every function works on whole arrays at once. float32 stays float32 and float64 stays float64;
whole numbers and booleans become float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from homespun.errors import SettingError, ShapeError
from homespun.types import Array, FloatArray


def sigmoid(z: ArrayLike) -> FloatArray:
    """Return `1 / (1 + exp(-z))` for each element of `z`.

    The exponential is only ever taken of `-|z|`, so it cannot overflow; for negative `z` the
    value is `exp(z) / (1 + exp(z))`, exact to rounding however small it gets.
    """
    z = _as_floating(z)
    shrunk = _exp_minus_abs(z)
    # max(exp(-|z|), 1 or 0) picks the numerator without a slow element-wise choice.
    numerator = np.maximum(shrunk, z >= 0)
    shrunk += 1
    numerator /= shrunk
    return numerator


def sigmoid_prime(z: ArrayLike) -> FloatArray:
    """Return the slope of the sigmoid at each `z`: `s(z) (1 - s(z))`, which is even in `z`.

    `z` is the value *before* the sigmoid. Written as `e / (1 + e)²` with `e = exp(-|z|)`, because
    `1 - s(z)` loses all its digits once `s(z)` rounds to 1.
    """
    slope = _exp_minus_abs(_as_floating(z))
    slope /= np.square(1 + slope)
    return slope


def softmax(z: ArrayLike) -> FloatArray:
    """(..., n_classes) -> (..., n_classes): `exp(z)` divided by its sum over the last axis.

    The largest score is taken off first: the quotient stays the same and no exponential
    overflows.

    Raises:
        ShapeError: there is no last axis, or it is empty.
    """
    z = _as_floating(z)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ShapeError(f"softmax: expected (..., n_classes) with a class or more, got {z.shape}")
    # The distance of two huge scores may be minus infinity, and its exponential is rightly 0.
    with np.errstate(over="ignore"):
        powers: FloatArray = z - z.max(axis=-1, keepdims=True)
    np.exp(powers, out=powers)
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def one_hot(y: ArrayLike, n_labels: int, dtype: DTypeLike = np.float64) -> Array:
    """(...) -> (..., n_labels): zeros, with a one at the place that each label names.

    Raises:
        SettingError: labels are not whole numbers from 0 to `n_labels - 1`.
    """
    labels = np.asarray(y)
    if labels.size and not np.issubdtype(labels.dtype, np.integer):
        raise SettingError(f"one_hot: expected labels that are whole numbers, got {labels.dtype}")
    labels = labels.astype(np.intp)
    if labels.size and not 0 <= labels.min() <= labels.max() < n_labels:
        raise SettingError(
            f"one_hot: expected labels from 0 to {n_labels - 1}, "
            f"got {labels.min()} to {labels.max()}"
        )
    encoded: Array = np.zeros((*labels.shape, n_labels), dtype=dtype)
    np.put_along_axis(encoded, labels[..., np.newaxis], 1, axis=-1)
    return encoded


def cross_entropy(probabilities: ArrayLike, targets: ArrayLike) -> FloatArray:
    """(..., n_classes), (..., n_classes) -> (...): `-Σ targets · log(probabilities)`, in nats.

    The sum runs over the classes, the last axis: one value a sample. Take the mean of it for the
    loss of a batch. `targets` is one-hot or any other distribution over the classes.

    A probability below the smallest normal number of its type counts as that number, so a sure
    and wrong answer costs 87.3 nats in float32 and 708.4 in float64 instead of infinity. The
    result has the type of `probabilities`.

    Raises:
        ShapeError: the two shapes differ, or there is no axis of classes.
    """
    p = _as_floating(probabilities)
    t = np.asarray(targets, dtype=p.dtype)
    if p.shape != t.shape or p.ndim == 0:
        raise ShapeError(
            "cross_entropy: expected probabilities and targets of one shape (..., n_classes), "
            f"got {p.shape} and {t.shape}"
        )
    logarithms = np.log(np.maximum(p, np.finfo(p.dtype).tiny))
    total: FloatArray = -np.asarray((t * logarithms).sum(axis=-1))
    return total


def neuron(
    x: ArrayLike,
    w: ArrayLike,
    b: float = 0.0,
    activation: Callable[[FloatArray], FloatArray] = sigmoid,
) -> FloatArray:
    """(..., n_in), (n_in,) -> (...): `activation(Σ w·x + b)`, the answer of a single neuron.

    Raises:
        ShapeError: `w` is not a vector with one weight for each of the inputs.
    """
    x, w = _as_floating(x), _as_floating(w)
    if x.ndim == 0 or w.shape != x.shape[-1:]:
        raise ShapeError(
            f"neuron: expected x of shape (..., n_in) and w of shape (n_in,), "
            f"got {x.shape} and {w.shape}"
        )
    return activation(np.asarray(x @ w + b))


def _as_floating(values: ArrayLike) -> FloatArray:
    array: np.ndarray[Any, Any] = np.asarray(values)
    if np.issubdtype(array.dtype, np.floating):
        return array
    return array.astype(np.float64, casting="safe")


def _exp_minus_abs(z: FloatArray) -> FloatArray:
    """Return `exp(-|z|)` in a new array, which the caller may overwrite."""
    powers = np.abs(z, out=np.empty_like(z))
    np.negative(powers, out=powers)
    return np.exp(powers, out=powers)
