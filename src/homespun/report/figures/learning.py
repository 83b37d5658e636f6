"""Learning curves: what a run did epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from homespun.report.plotting import BLUE, ORANGE, PALE, new_figure, tidy
from homespun.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def learning_curve(
    history: Sequence[Mapping[str, float | None]], best_epoch: int | None = None
) -> Figure:
    """Return loss and accuracy over epochs, and the learning rate below them.

    Args:
        history: a row an epoch: epoch, lr, loss, accuracy, validation_loss, validation_accuracy.
        best_epoch: the epoch whose weights were kept; it is marked.
    """
    figure = new_figure(6.4, 6.6)
    from matplotlib.ticker import MaxNLocator  # optional, like all of matplotlib

    loss, accuracy, rate = figure.subplots(3, 1, sharex=True, height_ratios=(3, 3, 1.3))
    epochs = column(history, "epoch")
    marker = "o" if len(history) < 40 else ""
    for axes, measure in ((loss, "loss"), (accuracy, "accuracy")):
        _curve(axes, epochs, history, measure, "training, while learning", ORANGE, marker)
        name = f"validation_{measure}"
        if not np.isnan(column(history, name)).all():
            _curve(axes, epochs, history, name, "validation, after the epoch", BLUE, marker)
        tidy(axes, title=measure)
        if best_epoch is not None:
            axes.axvline(best_epoch, color=PALE, linestyle="--", label="weights kept")
    loss.legend(frameon=False)
    accuracy.yaxis.set_major_formatter(lambda share, _: f"{share:.1%}")
    rate.plot(epochs, column(history, "lr"), color=PALE, marker=marker, markersize=4)
    tidy(rate, title="learning rate at the end of the epoch", x="epoch")
    rate.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def column(history: Sequence[Mapping[str, float | None]], name: str) -> FloatArray:
    """Return one column of a history; what is missing is not a number and leaves a gap."""
    return np.array([row[name] for row in history], dtype=float)


def _curve(
    axes: Axes,
    epochs: FloatArray,
    history: Sequence[Mapping[str, float | None]],
    name: str,
    label: str,
    colour: str,
    marker: str,
) -> None:
    axes.plot(epochs, column(history, name), color=colour, marker=marker, markersize=4, label=label)
