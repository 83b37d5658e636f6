"""Right answers: how training and validation count them, whatever kind of label there is."""

from __future__ import annotations

import numpy as np

from homespun.data import Dataset
from homespun.types import FloatArray, IntArray


def count_right(logits: FloatArray, labels: IntArray) -> int:
    """Return for how many samples the logits (batch, n_classes) give the right answer.

    With class indices (batch,) the highest logit must stand at the label. With zeros and ones
    (batch, n_classes) every logit must lie on its label's side of 0, as in scikit-learn's accuracy.
    """
    if labels.ndim == 1:
        return int(np.count_nonzero(logits.argmax(axis=1) == labels))
    return int(np.count_nonzero(((logits > 0) == labels).all(axis=1)))


def most_confused(logits: FloatArray, data: Dataset) -> tuple[str, str, int] | None:
    """Return the true class, the class it is taken for most, and how often; None if nothing is.

    With several labels a picture (batch, n_classes) no class is taken for another.
    """
    if data.labels.ndim != 1:
        return None
    answers = logits.argmax(axis=1)
    wrong = answers != data.labels
    counts = np.bincount(data.labels[wrong] * data.n_classes + answers[wrong], minlength=1)
    truth, answer = divmod(int(counts.argmax()), data.n_classes)
    if not counts.max():
        return None
    return data.class_names[truth], data.class_names[answer], int(counts.max())
