from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from homespun.errors import ShapeError
from homespun.report.figures import ConfusionDisplay, ReliabilityDisplay, RiskCoverageDisplay

WORDS = np.array(["cat", "dog", "cat", "ant"])
P = np.array([[0.1, 0.8, 0.1], [0.1, 0.6, 0.3], [0.1, 0.9, 0.0], [0.7, 0.2, 0.1]])
"""Columns: ant, cat, dog. The second answer, cat, is wrong."""


@pytest.fixture(scope="module")
def fitted() -> tuple[LogisticRegression, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.array(["low", "high"])[np.arange(60) % 2]
    X = rng.normal(0, 1, (60, 2)) + np.where(y == "high", 1.5, 0)[:, np.newaxis]
    return LogisticRegression().fit(X, y), X, y


def written(display: ConfusionDisplay) -> list[str]:
    return [text.get_text().split("\n")[0] for text in display.figure_.axes[0].texts]


def names(display: ConfusionDisplay) -> list[str]:
    return [tick.get_text() for tick in display.figure_.axes[0].get_yticklabels()]


def test_confusion_of_predictions_counts_labels_in_sorted_order() -> None:
    display = ConfusionDisplay.from_predictions(WORDS, ["cat", "cat", "cat", "bee"])
    assert names(display) == ["ant", "bee", "cat", "dog"]
    counts = np.array(written(display), int).reshape(4, 4)
    assert counts.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 2, 0], [0, 0, 1, 0]]
    assert display._repr_png_().startswith(b"\x89PNG")
    own = ConfusionDisplay.from_predictions([1, 0], [1, 1], names=["no", "yes"])
    assert names(own) == ["no", "yes"]


def test_an_estimator_and_its_predictions_give_the_same_pictures(fitted) -> None:
    clf, X, y = fitted
    counts = written(ConfusionDisplay.from_estimator(clf, X, y))
    assert counts == written(ConfusionDisplay.from_predictions(y, clf.predict(X)))
    assert sum(map(int, counts)) == 60
    for kind in (ReliabilityDisplay, RiskCoverageDisplay):
        one = kind.from_estimator(clf, X, y).figure_.axes[0].lines[-1].get_xydata()
        other = kind.from_predictions(y, clf.predict_proba(X)).figure_.axes[0].lines[-1]
        np.testing.assert_array_equal(one, other.get_xydata())
    legend = ReliabilityDisplay.from_estimator(clf, X, y).figure_.axes[0].get_legend()
    assert "LogisticRegression" in [text.get_text() for text in legend.get_texts()]


def test_probabilities_are_held_against_the_labels_they_stand_for() -> None:
    (axes,) = RiskCoverageDisplay.from_predictions(WORDS, P).figure_.axes
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [0, 0, 0, 1 / 4])
    axes, _ = ReliabilityDisplay.from_predictions(WORDS, P, name="mine").figure_.axes
    np.testing.assert_allclose(axes.lines[1].get_xydata()[0], [0.6, 0])
    assert axes.lines[1].get_label() == "mine"


def test_what_does_not_fit_is_one_error(fitted) -> None:
    clf, X, y = fitted
    with pytest.raises(ShapeError, match=r"expected probabilities \(4, 3\)"):
        ReliabilityDisplay.from_predictions(WORDS, P[:, :2])
    with pytest.raises(ShapeError, match="an answer for each label"):
        ConfusionDisplay.from_predictions(WORDS, WORDS[:2])
    with pytest.raises(ShapeError, match="expected 3 names"):
        ConfusionDisplay.from_predictions(WORDS, WORDS, names=["a"])
    with pytest.raises(ShapeError, match=r"'new'.* is none of the classes"):
        ConfusionDisplay.from_estimator(clf, X, np.where(y == "low", "new", y))
