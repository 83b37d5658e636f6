"""How far probabilities can be trusted: the reliability diagram, and risk against coverage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from homespun.report.plotting import BLUE, ORANGE, PALE, new_figure, tidy
from homespun.runs.calibration import reliability, risk_coverage
from homespun.types import FloatArray, IntArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_POINTS = 500


def reliability_diagram(y: IntArray, probabilities: Mapping[str, FloatArray]) -> Figure:
    """Return accuracy against confidence, a line for each of the named probabilities.

    Args:
        y: (n_samples,) true class indices.
        probabilities: (n_samples, n_classes) by name, such as before and after temperature.
    """
    figure = new_figure(5, 5)
    axes, counts = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    axes.plot([0, 1], [0, 1], color=PALE, linestyle="--", label="taken at its word")
    for (name, p), colour in zip(probabilities.items(), (ORANGE, BLUE), strict=False):
        bins = reliability(p, y)
        axes.plot(bins.confidence, bins.accuracy, color=colour, marker="o", label=name)
        counts.plot(
            bins.confidence, bins.counts / len(y), color=colour, drawstyle="steps-mid", marker="."
        )
    axes.legend(frameon=False)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    tidy(axes, y="share of right answers")
    tidy(counts, x="confidence (highest probability)", y="share of\nanswers")
    return figure


def risk_coverage_curve(y: IntArray, probabilities: FloatArray) -> Figure:
    """Return the share of errors among the surest answers, against the share that is answered."""
    right = probabilities.argmax(axis=1) == y
    coverage, risk = risk_coverage(probabilities.max(axis=1), right)
    step = max(1, len(y) // _MOST_POINTS)
    shown = slice(len(y) % step, None, step)
    figure = new_figure(5, 5)
    axes = figure.subplots()
    axes.plot(coverage[shown], risk[shown], color=BLUE)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    tidy(axes, x="share of pictures that get an answer, the surest first", y="share of errors")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{share:.0%}" if share > 0.1 else f"{share:.1%}")
    return figure
