"""How good a model's answers are, with how sure one may be of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from homespun.types import Array, FloatArray, IntArray

_BINS = 15


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Figures of one model on one labelled set.

    Attributes:
        n: how many pictures.
        accuracy: share of right answers.
        interval: Wilson's 95% interval of the accuracy (Wilson, 1927), low and high.
        loss: mean cross-entropy of the predicted probabilities.
        ece: expected calibration error over 15 equal bins of confidence (Guo et al., 2017,
            equation 3).
        per_class: for each class name: precision, recall, f1 and n.
        confusion: (n_classes, n_classes) counts; rows are the truth, columns the answers.
    """

    n: int
    accuracy: float
    interval: tuple[float, float]
    loss: float
    ece: float
    per_class: dict[str, dict[str, float]]
    confusion: IntArray

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON values."""
        return {
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "n": self.n,
            "loss": self.loss,
            "ece": self.ece,
            "per_class": self.per_class,
            "confusion": self.confusion.tolist(),
        }


def evaluate(probabilities: FloatArray, labels: IntArray, class_names: Sequence[str]) -> Evaluation:
    """Return the figures for probabilities (n_samples, n_classes) and true labels (n_samples,)."""
    # Slow to import, and who only looks a run up needs none of it.
    from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support

    answers = probabilities.argmax(axis=1)
    classes = np.arange(len(class_names))
    right = answers == labels
    columns = precision_recall_fscore_support(labels, answers, labels=classes, zero_division=0)
    per_class = {
        name: {"precision": float(p), "recall": float(r), "f1": float(f), "n": int(n)}
        for name, p, r, f, n in zip(class_names, *columns, strict=True)
    }
    probabilities = probabilities.astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Evaluation(
        n=len(labels),
        accuracy=float(right.mean()),
        interval=interval(right),
        loss=float(log_loss(labels, probabilities, labels=classes)),
        ece=calibration_error(probabilities.max(axis=1), right),
        per_class=per_class,
        confusion=confusion_matrix(labels, answers, labels=classes),
    )


def interval(right: Array) -> tuple[float, float]:
    """Return Wilson's 95% interval of the share of right answers (n_samples,), low and high."""
    from scipy.stats import binomtest  # slow to import

    found = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def calibration_error(confidence: FloatArray, right: Array) -> float:
    """Return the mean distance between confidence and accuracy, over 15 bins by confidence."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(confidence))
