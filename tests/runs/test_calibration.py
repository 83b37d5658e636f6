from __future__ import annotations

import numpy as np
import pytest

from homespun.nn import BinaryCrossEntropy, SoftmaxCrossEntropy
from homespun.runs.calibration import (
    fit_temperature,
    probabilities_at,
    reliability,
    risk_coverage,
)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (20_000, 4))
    p = np.exp(logits / temperature)
    p /= p.sum(axis=1, keepdims=True)
    labels = (p.cumsum(axis=1) < rng.random((len(p), 1))).sum(axis=1)
    found = fit_temperature(SoftmaxCrossEntropy(label_smoothing=0.1), logits, labels)
    assert found == pytest.approx(temperature, rel=0.05)


def test_heat_spreads_probabilities_and_moves_no_answer() -> None:
    logits = np.array([[2.0, 0.0]], np.float32)
    loss = SoftmaxCrossEntropy()
    np.testing.assert_allclose(probabilities_at(loss, logits)[0, 0], 1 / (1 + np.exp(-2)))
    np.testing.assert_allclose(probabilities_at(loss, logits, 2.0)[0, 0], 1 / (1 + np.exp(-1)))


def test_rows_add_up_to_one_whatever_the_loss() -> None:
    logits = np.array([[900.0, 900.0, -900.0], [-900.0, -900.0, -900.0]], np.float32)
    p = probabilities_at(BinaryCrossEntropy(), logits)
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
