"""Labels that look wrong: pictures of which a model that never learnt them is sure otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import FloatArray, IntArray


@dataclass(frozen=True)
class Suspect:
    """A picture whose label may be wrong.

    Attributes:
        index: its place in the judged part.
        label: the class that the data give it.
        answer: the class that the model gives it.
        label_probability: what the model gives the label.
        answer_probability: what the model gives its answer.
    """

    index: int
    label: int
    answer: int
    label_probability: float
    answer_probability: float


def suspects(probabilities: FloatArray, labels: IntArray) -> list[Suspect]:
    """Return the pictures with suspected label errors, the clearest first.

    A label is suspect where another class is likelier and at least as probable as that class is on
    average for the pictures that carry its name (Northcutt, Jiang and Chuang, 2021, "Confident
    learning", equations 1 and 2). They are ordered by how far the label falls behind.

    Args:
        probabilities: (n_samples, n_classes) of pictures that the model did not learn from.
        labels: (n_samples,) the labels in question.
    """
    n_classes = probabilities.shape[1]
    rows = np.arange(len(labels))
    own = probabilities[rows, labels]
    counts = np.bincount(labels, minlength=n_classes)
    sums = np.bincount(labels, own, n_classes)
    usual = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    answers = probabilities.argmax(axis=1)
    best = probabilities[rows, answers]
    doubtful = np.flatnonzero((answers != labels) & (best >= usual[answers]))
    order = doubtful[np.argsort((own - best)[doubtful], kind="stable")]
    return [
        Suspect(int(i), int(labels[i]), int(answers[i]), float(own[i]), float(best[i]))
        for i in order
    ]
