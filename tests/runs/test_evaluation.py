from __future__ import annotations

import json
import math

import numpy as np
import pytest

from homespun.runs import Evaluation, evaluate
from homespun.runs.evaluation import calibration_error

# Probabilities and true label. The answers are 0, 0, 1, 1, 2, 0, so four of six are right; the
# fourth class has neither pictures nor answers.
ROWS = [
    ([0.90, 0.05, 0.05, 0.00], 0),
    ([0.92, 0.04, 0.04, 0.00], 1),
    ([0.25, 0.50, 0.25, 0.00], 1),
    ([0.20, 0.60, 0.20, 0.00], 1),
    ([0.10, 0.20, 0.70, 0.00], 2),
    ([0.55, 0.25, 0.20, 0.00], 2),
]


@pytest.fixture(scope="module")
def figures() -> Evaluation:
    probabilities = np.array([row for row, _ in ROWS], np.float32)
    return evaluate(probabilities, np.array([label for _, label in ROWS]), ("a", "b", "c", "d"))


def test_accuracy(figures: Evaluation) -> None:
    assert figures.n == 6
    assert figures.accuracy == 4 / 6


def test_interval_is_wilsons(figures: Evaluation) -> None:
    z, n, p = 1.959963984540054, 6, 4 / 6
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert figures.interval == pytest.approx((middle - half, middle + half), abs=1e-12)


def test_loss_is_the_mean_cross_entropy(figures: Evaluation) -> None:
    true_ones = (0.90, 0.04, 0.50, 0.60, 0.70, 0.20)
    mean = -sum(math.log(p) for p in true_ones) / 6
    assert figures.loss == pytest.approx(mean, abs=1e-6)


def test_calibration_error_by_hand(figures: Evaluation) -> None:
    # Fifteenths: 0.90 (right) and 0.92 (wrong) share bin 13; 0.50 (right) is in 7, 0.60 (right) on
    # the edge of 9, 0.70 (right) in 10, and 0.55 (wrong) in 8.
    gaps = abs(0.90 + 0.92 - 1) + abs(0.50 - 1) + abs(0.60 - 1) + abs(0.70 - 1) + 0.55
    assert figures.ece == pytest.approx(gaps / 6, abs=1e-6)


def test_confusion_has_the_truth_in_rows(figures: Evaluation) -> None:
    expected = [[1, 0, 0, 0], [1, 2, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]
    assert figures.confusion.tolist() == expected


def test_each_class_by_hand(figures: Evaluation) -> None:
    # a is answered three times, once rightly; it is there once
    assert figures.per_class["a"] == {"precision": 1 / 3, "recall": 1.0, "f1": 0.5, "n": 1}
    # b is answered twice, both times rightly; it is there three times
    assert figures.per_class["b"] == pytest.approx(
        {"precision": 1.0, "recall": 2 / 3, "f1": 0.8, "n": 3}
    )
    assert figures.per_class["c"] == pytest.approx(
        {"precision": 1.0, "recall": 0.5, "f1": 2 / 3, "n": 2}
    )
    assert figures.per_class["d"] == {"precision": 0, "recall": 0, "f1": 0, "n": 0}


def test_json_holds_plain_values(figures: Evaluation) -> None:
    plain = figures.to_json()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain.keys() == {
        "accuracy", "interval", "n", "loss", "ece", "per_class", "confusion"
    }  # fmt: skip


@pytest.mark.parametrize("right", [0, 200])
def test_all_wrong_and_all_right_have_intervals_too(right: int) -> None:
    probabilities = np.tile(np.float32([0.75, 0.25]), (200, 1))
    figures = evaluate(probabilities, np.full(200, 0 if right else 1), ("a", "b"))
    z2 = 1.959963984540054**2
    bounds = (200 / (200 + z2), 1.0) if right else (0.0, z2 / (200 + z2))
    assert figures.interval == pytest.approx(bounds, abs=1e-12)
    assert figures.accuracy == right / 200
    assert figures.ece == pytest.approx(0.25 if right else 0.75)


def test_a_sure_and_wrong_answer_has_a_finite_loss() -> None:
    figures = evaluate(np.float32([[1, 0], [1, 0]]), np.array([0, 1]), ("a", "b"))
    assert math.isfinite(figures.loss)
    assert figures.loss > 5


def test_confidence_of_one_is_in_the_last_bin() -> None:
    # 0.95 and 1.0 share the last bin: their gaps of -0.05 and +1 add up before the absolute value
    confidence = np.array([0.95, 1.0])
    assert calibration_error(confidence, np.array([True, False])) == pytest.approx(0.95 / 2)


def test_a_calibrated_model_has_no_calibration_error() -> None:
    confidence = np.full(10, 0.7)
    right = np.arange(10) < 7
    assert calibration_error(confidence, right) == pytest.approx(0, abs=1e-12)
