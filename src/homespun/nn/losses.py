"""Losses: how wrong the logits are, and which way is less wrong.

A loss is `(logits, targets, weights) -> (sum of losses, dlogits)`. The weights, one for each
sample, carry the mean: with weights 1 / n_samples the sum is the mean loss. Softmax and sigmoid
live in here, because together with the logarithm they have a simple and stable gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from homespun.errors import SettingError, ShapeError
from homespun.nn import functions
from homespun.types import Array, FloatArray


class Loss(Protocol):
    """What is minimised."""

    def __call__(
        self, logits: FloatArray, targets: Array, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the weighted sum of the samples' losses, and its gradient in the logits' shape."""
        ...

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Return (batch, n_classes): what the logits say about each class."""
        ...


@dataclass(frozen=True)
class SoftmaxCrossEntropy:
    """logits (batch, n_classes), targets (batch,) of class indices: -log softmax(logits)[target].

    Attributes:
        label_smoothing: the share of each target that is spread evenly over all classes
            (Szegedy et al., 2016, section 7).
    """

    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise SettingError(
                "SoftmaxCrossEntropy: label_smoothing must be at least 0 and below 1, "
                f"got {self.label_smoothing}"
            )

    def __call__(
        self, logits: FloatArray, targets: Array, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the weighted sum of cross-entropies and its gradient."""
        _check(logits, targets, weights, (len(logits),))
        rows, smooth = np.arange(len(logits)), self.label_smoothing
        z = logits - logits.max(axis=1, keepdims=True)
        dlogits = np.exp(z)
        total = dlogits.sum(axis=1)
        losses = np.log(total) - (1 - smooth) * z[rows, targets]
        dlogits *= (weights / total)[:, np.newaxis]
        dlogits[rows, targets] -= (1 - smooth) * weights
        if smooth:
            losses -= smooth * z.mean(axis=1)
            dlogits -= (smooth / logits.shape[1] * weights)[:, np.newaxis]
        return float(losses @ weights), dlogits

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Return softmax(logits)."""
        return functions.softmax(logits)


@dataclass(frozen=True)
class BinaryCrossEntropy:
    """logits and targets (batch, n_classes), targets from 0 to 1: a question for each class.

    A sample's loss is the sum over classes of -t log s - (1 - t) log(1 - s), s = sigmoid(logit).
    """

    def __call__(
        self, logits: FloatArray, targets: Array, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the weighted sum of binary cross-entropies and its gradient."""
        _check(logits, targets, weights, logits.shape)
        # log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)): nothing overflows, and NumPy has fast
        # loops for each of these functions, but not for logaddexp
        losses = np.log(1 + np.exp(-np.abs(logits)))
        losses += np.maximum(logits, 0)
        losses -= targets * logits
        dlogits = functions.sigmoid(logits)
        dlogits -= targets
        dlogits *= weights[:, np.newaxis]
        return float(losses.sum(axis=1) @ weights), dlogits

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Return sigmoid(logits); a row need not sum to 1."""
        return functions.sigmoid(logits)


@dataclass(frozen=True)
class SquaredError:
    """logits and targets (batch, n_out): a sample's loss is half the sum of squared differences."""

    def __call__(
        self, logits: FloatArray, targets: Array, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the weighted sum of squared errors and its gradient."""
        _check(logits, targets, weights, logits.shape)
        difference = logits - targets
        losses = 0.5 * (difference * difference).sum(axis=1)
        return float(losses @ weights), difference * weights[:, np.newaxis]

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Return the outputs as they are; squared error says nothing about probabilities."""
        return logits


def _check(
    logits: FloatArray, targets: Array, weights: FloatArray, target_shape: tuple[int, ...]
) -> None:
    if logits.ndim != 2 or targets.shape != target_shape or weights.shape != (len(logits),):
        raise ShapeError(
            f"loss: expected logits (batch, n), targets {target_shape} and weights (batch,), "
            f"got {logits.shape}, {targets.shape} and {weights.shape}"
        )
