"""Answers as cards: a picture, what it is, what the model says, and how likely it finds each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homespun.data import Dataset
from homespun.report.pixels import picture_uri
from homespun.types import FloatArray, IntArray

_BARS = 3


@dataclass(frozen=True)
class Bar:
    """One probability: of which class, how much, and whether that is the truth."""

    name: str
    probability: float
    is_answer: bool


@dataclass(frozen=True)
class Card:
    """A picture with the model's answer.

    Attributes:
        index: its number in its part of the data.
        source: an address that holds the picture.
        truth: the name of its true class.
        answer: the name of the likeliest class.
        right: whether these are the same.
        loss: the cross-entropy of its true class.
        bars: the likeliest classes, and the true one.
    """

    index: int
    source: str
    truth: str
    answer: str
    right: bool
    loss: float
    bars: tuple[Bar, ...]


def cards(
    data: Dataset, probabilities: FloatArray, indices: Sequence[int] | IntArray
) -> list[Card]:
    """Return the chosen pictures of `data` as cards; probabilities are (n_samples, n_classes)."""
    return [_card(data, probabilities[i], int(i)) for i in indices]


def greatest_losses(labels: IntArray, probabilities: FloatArray, most: int) -> IntArray:
    """Return the indices of the pictures whose true class was found least likely."""
    own = probabilities[np.arange(len(labels)), labels]
    wrong = probabilities.argmax(axis=1) != labels
    return np.flatnonzero(wrong)[np.argsort(own[wrong], kind="stable")[:most]]


def first_right_and_wrong(labels: IntArray, probabilities: FloatArray, most: int) -> IntArray:
    """Return the indices of the first `most` right answers and the first `most` wrong ones."""
    right = probabilities.argmax(axis=1) == labels
    return np.concatenate([np.flatnonzero(right)[:most], np.flatnonzero(~right)[:most]])


def _card(data: Dataset, row: FloatArray, index: int) -> Card:
    truth, answer = int(data.labels[index]), int(row.argmax())
    shown = list(np.argsort(-row, kind="stable")[:_BARS])
    if truth not in shown:
        shown.append(truth)
    return Card(
        index=index,
        source=picture_uri(data.images[index]),
        truth=data.class_names[truth],
        answer=data.class_names[answer],
        right=truth == answer,
        loss=float(-np.log(row[truth])),
        bars=tuple(Bar(data.class_names[i], float(row[i]), i == answer) for i in shown),
    )
