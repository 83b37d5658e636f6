from __future__ import annotations

import math

import numpy as np
import pytest

from homespun.models.calibration import calibrated, fit_calibration, sure_from
from homespun.nn import BinaryCrossEntropy, SoftmaxCrossEntropy

LOSS = SoftmaxCrossEntropy(label_smoothing=0.1)


def test_by_hand() -> None:
    """3/4 and 1/4; a tenth less they are 0.65 and 0.15; a temperature of 1/2 squares."""
    logits = np.log([[3.0, 1.0]])
    np.testing.assert_allclose(calibrated(LOSS, logits), [[0.75, 0.25]])
    np.testing.assert_allclose(calibrated(LOSS, logits, 0.5), [[0.9, 0.1]])
    np.testing.assert_allclose(calibrated(LOSS, logits, 1.0, 0.1), [[0.65 / 0.8, 0.15 / 0.8]])
    squares = 0.65**2, 0.15**2
    np.testing.assert_allclose(
        calibrated(LOSS, logits, 0.5, 0.1), [[s / sum(squares) for s in squares]]
    )


def test_what_smoothing_leaves_nothing_of_keeps_a_hundredth_and_its_place() -> None:
    found = calibrated(LOSS, np.log([[0.9, 0.06, 0.04]]), 1.0, 0.1)
    parts = 0.8, 0.0006, 0.0004
    np.testing.assert_allclose(found, [[p / sum(parts) for p in parts]])


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.05])
def test_the_order_of_classes_stays(temperature: float, smoothing: float) -> None:
    logits = np.random.default_rng(1).normal(size=(200, 7)) * 3
    found = calibrated(LOSS, logits, temperature, smoothing)
    ranked = np.take_along_axis(found, np.argsort(logits), axis=1)
    assert (np.diff(ranked) >= 0).all()
    np.testing.assert_array_equal(found.argmax(axis=1), logits.argmax(axis=1))
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_where_classes_exclude_nothing_each_has_its_own() -> None:
    found = calibrated(BinaryCrossEntropy(), np.array([[math.log(3), 0.0]]), 0.5, 0.2)
    np.testing.assert_allclose(found, [[0.9, 0.5]])


def drawn(probabilities: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.random((len(probabilities), 1)) > np.cumsum(probabilities, axis=1)).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    logits = np.random.default_rng(0).normal(size=(6_000, 4)) * 3
    p = np.exp(logits / temperature)
    labels = drawn(p / p.sum(axis=1, keepdims=True), 1)
    found, smoothing = fit_calibration(LOSS, logits, labels)
    assert found == pytest.approx(temperature, rel=0.1)
    assert smoothing < 0.015


def test_the_smoothing_of_a_perfect_pupil_is_found() -> None:
    """Its probabilities are nine tenths of the truth and a tenth spread over five classes."""
    truth = np.random.default_rng(2).dirichlet([0.3] * 5, size=6_000)
    logits = np.log(0.9 * truth + 0.1 / 5)
    temperature, smoothing = fit_calibration(LOSS, logits, drawn(truth, 3))
    assert smoothing == pytest.approx(0.02, abs=0.004)
    assert temperature == pytest.approx(1, abs=0.1)


def test_answers_are_sure_from_where_they_keep_the_promise() -> None:
    """The 400 surest are right; of 100 less sure ones a half is.

    Wilson's interval of 400 of 400 begins at 400 / (400 + 1.96²) = 0.9905.
    """
    confidence = np.concatenate([np.linspace(1, 0.8, 400), np.linspace(0.7, 0.5, 100)])
    right = np.concatenate([np.ones(400, bool), np.arange(100) % 2 == 1])
    assert sure_from(confidence, right, 0.99) == pytest.approx(0.8)
    found = sure_from(confidence, right, 0.97)
    assert found is not None
    assert 0.65 < found < 0.7  # some more errors are allowed for
    assert sure_from(confidence, right, 0.995) is None


def test_few_pictures_prove_nothing() -> None:
    """Wilson's interval of 30 of 30 begins at 30 / (30 + 1.96²) = 0.887."""
    confidence = np.linspace(1, 0.9, 30)
    assert sure_from(confidence, np.ones(30, bool), 0.97) is None
    assert sure_from(confidence, np.ones(30, bool), 0.88) == pytest.approx(0.9)
    assert sure_from(np.empty(0), np.empty(0, bool), 0.5) is None


def test_among_answers_alike_all_or_none_are_sure() -> None:
    """Taking only the right ones of those at 0.6 would seem to keep the promise."""
    confidence = np.repeat([0.9, 0.6], [400, 400])
    right = np.repeat([True, True, False], [400, 100, 300])
    assert sure_from(confidence, right, 0.97) == 0.9
