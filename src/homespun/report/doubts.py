"""Labels that may be wrong: of the test part by the model itself, of the training file by folds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from homespun.data import Dataset
from homespun.report.answers import Card, cards
from homespun.runs import Examination
from homespun.runs.folds import FOLDS, out_of_fold
from homespun.runs.maps import hidden, subset
from homespun.runs.suspects import Suspect, suspects
from homespun.types import FloatArray, IntArray

_CARDS = 12
_ROWS = 100
_MOST_NUMBERS = 32_000_000
"""Numbers that the last layers of all judged pictures are given: what is held in memory."""
_FEWEST = 1000


@dataclass(frozen=True)
class Doubt:
    """One suspect label, by names."""

    index: int
    label: str
    answer: str
    label_probability: float
    answer_probability: float


@dataclass(frozen=True)
class Doubts:
    """The suspect labels of one part of the data.

    Attributes:
        part: what it is called.
        judge: who judged it.
        n: how many labels are suspect.
        of: how many were judged.
        cards: the clearest with their pictures.
        rows: more of them, in words.
    """

    part: str
    judge: str
    n: int
    of: int
    cards: list[Card]
    rows: list[Doubt]


def doubts(found: Examination, seed: int, threads: int | None = None) -> list[Doubts]:
    """Return the suspect labels of the training file and of the test part, by their numbers there.

    Of a file whose last layer's input would not fit into memory a sample is judged.
    """
    file, test = found.training_file, found.test
    width = hidden(found.model, file.images[:1], threads).shape[1]
    chosen = subset(len(file), max(_FEWEST, _MOST_NUMBERS // width), seed)
    judged = file.take(chosen)
    values = hidden(found.model, judged.images, threads)
    by_folds = out_of_fold(values, judged.labels, judged.n_classes, seed)
    judge = (
        f"a last layer fitted on the other {FOLDS - 1} of {FOLDS} parts (out of fold), on what "
        "the network makes of the pictures. The layers below have seen them, so a label that they "
        "have learnt by heart can escape"
    )
    by_model = found.probabilities(found.test_logits)
    return [
        _doubts("training file", judge, judged, by_folds, chosen),
        _doubts(
            found.judged_on,
            "the model, which has not learnt from it",
            test,
            by_model,
            np.arange(len(test)),
        ),
    ]


def _doubts(
    part: str, judge: str, data: Dataset, probabilities: FloatArray, places: IntArray
) -> Doubts:
    counts = np.bincount(data.labels, minlength=data.n_classes)
    # The only picture of its class has nothing to be held against.
    named = [one for one in suspects(probabilities, data.labels) if counts[one.label] > 1]
    shown = cards(data, probabilities, [one.index for one in named[:_CARDS]])
    return Doubts(
        part=part,
        judge=judge,
        n=len(named),
        of=len(data),
        cards=[replace(card, index=int(places[card.index])) for card in shown],
        rows=[_in_words(one, data, places) for one in named[:_ROWS]],
    )


def _in_words(one: Suspect, data: Dataset, places: IntArray) -> Doubt:
    names = data.class_names
    return Doubt(
        index=int(places[one.index]),
        label=names[one.label],
        answer=names[one.answer],
        label_probability=one.label_probability,
        answer_probability=one.answer_probability,
    )
