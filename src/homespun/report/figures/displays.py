"""Pictures in scikit-learn's manner: from predictions, or from any fitted classifier and data.

The sources of these are scikit-learn's own words: `from_estimator(estimator, X, y)`,
`from_predictions(y_true, y_pred)`, and what was drawn in `figure_`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from homespun.errors import ShapeError
from homespun.report.figures.calibration import reliability_diagram, risk_coverage_curve
from homespun.report.figures.confusion import confusion
from homespun.report.plotting import png
from homespun.types import Array, FloatArray, IntArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Display:
    """What was drawn; a notebook shows it.

    Attributes:
        figure_: the matplotlib Figure.
    """

    figure_: Figure

    def _repr_png_(self) -> bytes:
        return png(self.figure_)


class ConfusionDisplay(Display):
    """What is taken for what: counts, and shares of the true class."""

    @classmethod
    def from_predictions(
        cls, y_true: ArrayLike, y_pred: ArrayLike, *, names: Sequence[str] | None = None
    ) -> Self:
        """Draw the confusion matrix of true and answered labels, each (n_samples,).

        Args:
            y_true: labels of any kind that can be sorted.
            y_pred: the answers.
            names: what to call the classes, in the labels' order; the labels by default.

        Raises:
            ShapeError: there are not as many names as there are labels, or as answers.
        """
        truth, answers = np.asarray(y_true), np.asarray(y_pred)
        if truth.shape != answers.shape or truth.ndim != 1:
            raise ShapeError(
                f"expected an answer for each label, got {answers.shape} for {truth.shape}"
            )
        classes = np.unique(np.concatenate([truth, answers]))
        return cls._of(truth, answers, classes, names)

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: ArrayLike, y: ArrayLike, *, names: Sequence[str] | None = None
    ) -> Self:
        """Draw the confusion matrix of a fitted classifier's answers for `X`, held against `y`."""
        return cls._of(np.asarray(y), estimator.predict(X), estimator.classes_, names)

    @classmethod
    def _of(cls, truth: Array, answers: Array, classes: Array, names: Sequence[str] | None) -> Self:
        shown = [str(one) for one in classes] if names is None else list(names)
        if len(shown) != len(classes):
            raise ShapeError(f"expected {len(classes)} names, one a class, got {len(shown)}")
        return cls(confusion(_places(truth, classes), _places(answers, classes), shown))


class ReliabilityDisplay(Display):
    """Whether a probability of 80% is right 80% of the time."""

    @classmethod
    def from_predictions(
        cls, y_true: ArrayLike, y_proba: ArrayLike, *, name: str = "probabilities"
    ) -> Self:
        """Draw accuracy against confidence.

        Args:
            y_true: (n_samples,) labels of any kind that can be sorted.
            y_proba: (n_samples, n_classes) probabilities, a column for each label in sorted order.
            name: what to call the line.

        Raises:
            ShapeError: the columns are not those of the labels.
        """
        return cls(reliability_diagram(*_truth_and_lines(y_true, y_proba, name)))

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: ArrayLike, y: ArrayLike, *, name: str | None = None
    ) -> Self:
        """Draw accuracy against confidence of a fitted classifier with `predict_proba`."""
        truth = _places(np.asarray(y), estimator.classes_)
        line = {name or type(estimator).__name__: estimator.predict_proba(X)}
        return cls(reliability_diagram(truth, line))


class RiskCoverageDisplay(Display):
    """How many of the surest answers are wrong, as more of them are given."""

    @classmethod
    def from_predictions(cls, y_true: ArrayLike, y_proba: ArrayLike) -> Self:
        """Draw the share of errors against the share that is answered; see ReliabilityDisplay."""
        truth, lines = _truth_and_lines(y_true, y_proba, "all")
        return cls(risk_coverage_curve(truth, lines["all"]))

    @classmethod
    def from_estimator(cls, estimator: Any, X: ArrayLike, y: ArrayLike) -> Self:
        """Draw the share of errors of a fitted classifier with `predict_proba`."""
        truth = _places(np.asarray(y), estimator.classes_)
        return cls(risk_coverage_curve(truth, estimator.predict_proba(X)))


def _truth_and_lines(
    y_true: ArrayLike, y_proba: ArrayLike, name: str
) -> tuple[IntArray, dict[str, FloatArray]]:
    truth, probabilities = np.asarray(y_true), np.asarray(y_proba, float)
    classes = np.unique(truth)
    if probabilities.shape != (len(truth), len(classes)):
        raise ShapeError(
            f"expected probabilities ({len(truth)}, {len(classes)}), a column for each label, "
            f"got {probabilities.shape}"
        )
    return _places(truth, classes), {name: probabilities}


def _places(labels: Array, classes: Array) -> IntArray:
    """Return where each label stands among the sorted classes.

    Raises:
        ShapeError: a label is none of them.
    """
    places: IntArray = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
    if (other := classes[places] != labels).any():
        raise ShapeError(f"the label {labels[other][0]!r} is none of the classes")
    return places
