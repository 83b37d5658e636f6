"""The pictures of the report, each a function from plain arrays to a matplotlib Figure.

They work in a notebook as they do on the page: `learning_curve(history)`, `confusion(y, y_pred,
names)` and so on. `ConfusionDisplay.from_estimator(clf, X, y)` and its kind are for those who have
a classifier. None of them touches matplotlib's global state.
"""

from homespun.report.figures.answers import answers
from homespun.report.figures.calibration import reliability_diagram, risk_coverage_curve
from homespun.report.figures.comparison import accuracy_intervals, validation_curves
from homespun.report.figures.confusion import confusion, confusion_counts
from homespun.report.figures.displays import (
    ConfusionDisplay,
    ReliabilityDisplay,
    RiskCoverageDisplay,
)
from homespun.report.figures.filters import filters
from homespun.report.figures.learning import learning_curve
from homespun.report.figures.learning_rates import learning_rates
from homespun.report.figures.map import place_map
from homespun.report.figures.mosaic import mosaic
from homespun.report.figures.network import network
from homespun.report.figures.photo import explanation, preparation_steps
from homespun.report.figures.samples import sample_grid, write_sample_grid
from homespun.report.figures.scores import score_histogram

__all__ = [
    "ConfusionDisplay",
    "ReliabilityDisplay",
    "RiskCoverageDisplay",
    "accuracy_intervals",
    "answers",
    "confusion",
    "confusion_counts",
    "explanation",
    "filters",
    "learning_curve",
    "learning_rates",
    "mosaic",
    "network",
    "place_map",
    "preparation_steps",
    "reliability_diagram",
    "risk_coverage_curve",
    "sample_grid",
    "score_histogram",
    "validation_curves",
    "write_sample_grid",
]
