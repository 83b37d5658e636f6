from __future__ import annotations

import numpy as np

from homespun.nn import SoftmaxCrossEntropy
from homespun.runs.calibration import probabilities_at, reliability, risk_coverage


def test_heat_spreads_probabilities_and_moves_no_answer() -> None:
    logits = np.array([[2.0, 0.0]], np.float32)
    loss = SoftmaxCrossEntropy()
    np.testing.assert_allclose(probabilities_at(loss, logits)[0, 0], 1 / (1 + np.exp(-2)))
    np.testing.assert_allclose(probabilities_at(loss, logits, 2.0)[0, 0], 1 / (1 + np.exp(-1)))


def test_rows_add_up_to_one_where_classes_exclude_each_other() -> None:
    logits = np.array([[900.0, 900.0, -900.0], [-900.0, -900.0, -900.0]], np.float32)
    p = probabilities_at(SoftmaxCrossEntropy(), logits)
    np.testing.assert_allclose(p, [[0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]], atol=1e-9)


def test_bins_hold_the_mean_confidence_and_the_share_of_right_answers() -> None:
    p = np.array([[0.95, 0.05], [0.97, 0.03], [0.45, 0.55], [1.0, 0.0]])
    bins = reliability(p, np.array([0, 1, 1, 0]), n_bins=10)
    np.testing.assert_allclose(bins.confidence, [0.55, (0.95 + 0.97 + 1) / 3])
    np.testing.assert_allclose(bins.accuracy, [1, 2 / 3])
    assert bins.counts.tolist() == [1, 3]


def test_the_surest_are_answered_first() -> None:
    coverage, risk = risk_coverage(
        np.array([0.5, 0.9, 0.7, 0.6]), np.array([True, True, False, True])
    )
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    np.testing.assert_allclose(risk, [0, 1 / 2, 1 / 3, 1 / 4])
