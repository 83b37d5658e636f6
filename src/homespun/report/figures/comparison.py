"""Several runs in one picture: their accuracies with intervals, and how each of them learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from homespun.report.figures.learning import column
from homespun.report.plotting import BLUE, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKERS = "osD^vP*X"


def accuracy_intervals(accuracies: Mapping[str, tuple[float, float, float]]) -> Figure:
    """Return accuracies with their intervals: (accuracy, low, high) by the name of the run."""
    figure = new_figure(6.4, 0.45 * len(accuracies) + 1)
    axes = figure.subplots()
    for row, (accuracy, low, high) in enumerate(accuracies.values()):
        axes.plot([low, high], [row, row], color=BLUE, linewidth=4, alpha=0.4)
        axes.plot(accuracy, row, "o", color=BLUE)
    tidy(axes, x="accuracy, with its 95% interval")
    axes.set_yticks(range(len(accuracies)), accuracies, parse_math=False)
    axes.set_ylim(len(accuracies) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.1%}")
    return figure


def validation_curves(
    histories: Mapping[str, Sequence[Mapping[str, float | None]]], measure: str
) -> Figure:
    """Return one measure of the validation part over epochs, a line for each run.

    Args:
        histories: the rows of each run's metrics by the name of the run.
        measure: loss or accuracy.
    """
    figure = new_figure(6.4, 3.8)
    from matplotlib.ticker import MaxNLocator  # optional, like all of matplotlib

    axes = figure.subplots()
    for i, (name, history) in enumerate(histories.items()):
        axes.plot(
            column(history, "epoch"),
            column(history, f"validation_{measure}"),
            marker=_MARKERS[i % len(_MARKERS)],
            markersize=4,
            label=name.replace("$", r"\$"),
        )
    tidy(axes, title=f"validation {measure}", x="epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    return figure
