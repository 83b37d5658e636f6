"""The learning-rate finder's plot: where the loss falls, and where it rises again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.report.plotting import BLUE, PALE, RED, new_figure, tidy
from homespun.training import LearningRateCurve

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def learning_rates(curve: LearningRateCurve) -> Figure:
    """Return the loss over the learning rate, raw and smoothed, with the suggestion marked."""
    figure = new_figure(6.4, 4.0)
    axes = figure.subplots()
    axes.plot(curve.rates, curve.losses, color=PALE, linewidth=1, label="each batch")
    axes.plot(curve.rates, curve.smoothed, color=BLUE, label="smoothed")
    axes.axvline(
        curve.suggestion, color=RED, linestyle="--", label=f"suggestion: {curve.suggestion:.2g}"
    )
    axes.set_xscale("log")
    if curve.smoothed[0] > min(curve.smoothed):  # what explodes at the end would hide the rest
        spare = 0.5 * (curve.smoothed[0] - min(curve.smoothed))
        axes.set_ylim(min(curve.smoothed) - spare, curve.smoothed[0] + spare)
    tidy(axes, title="training loss while the learning rate grows", x="learning rate")
    axes.legend(frameon=False)
    return figure
