from __future__ import annotations

import math

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.report.answers import cards, first_right_and_wrong, greatest_losses

P = np.array([[0.7, 0.2, 0.1, 0.0], [0.6, 0.3, 0.1, 0.0], [0.5, 0.3, 0.15, 0.05]])
LABELS = np.array([0, 1, 3])


def test_the_greatest_losses_are_errors_the_least_likely_truth_first() -> None:
    assert greatest_losses(LABELS, P, 5).tolist() == [2, 1]
    assert greatest_losses(LABELS, P, 1).tolist() == [2]


def test_right_answers_come_before_wrong_ones() -> None:
    assert first_right_and_wrong(LABELS, P, 1).tolist() == [0, 1]


def test_a_card_shows_the_likeliest_classes_and_always_the_truth() -> None:
    data = Dataset(np.zeros((3, 2, 2, 1), np.uint8), LABELS, ("a", "b", "c", "d"))
    right, wrong = cards(data, P, [0, 2])
    assert (right.right, right.truth, right.answer, right.index) == (True, "a", "a", 0)
    assert [bar.name for bar in right.bars] == ["a", "b", "c"]
    assert (wrong.right, wrong.truth, wrong.answer, wrong.index) == (False, "d", "a", 2)
    assert [(bar.name, bar.is_answer) for bar in wrong.bars] == [
        ("a", True),
        ("b", False),
        ("c", False),
        ("d", False),
    ]
    assert wrong.loss == pytest.approx(-math.log(0.05))
