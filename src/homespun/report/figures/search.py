"""A search in pictures: how it came to its best, and which settings made a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from homespun.report.plotting import BLUE, PALE, RED, new_figure, tidy
from homespun.tune.tried import COMPLETE, PRUNED, Tried

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def search_history(rows: Sequence[Tried]) -> Figure:
    """Return the held-out accuracy of each trial, and the best so far as a line."""
    figure = new_figure(6.4, 3.8)
    from matplotlib.ticker import MaxNLocator  # optional, like all of matplotlib

    axes = figure.subplots()
    for state, marker, colour in ((PRUNED, "x", PALE), (COMPLETE, "o", BLUE)):
        points = [(row.trial, row.accuracy) for row in rows if row.state == state and row.accuracy]
        if points:
            axes.plot(*zip(*points, strict=True), marker, color=colour, label=state)
    numbers, best = best_so_far(rows)
    axes.step(numbers, best, where="post", color=RED, label="best so far")
    tidy(axes, x="trial", y="accuracy on held-out pictures")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.1%}")
    axes.legend(frameon=False)
    return figure


def best_so_far(rows: Sequence[Tried]) -> tuple[list[int], list[float]]:
    """Return the numbers of the complete trials and the best accuracy up to each, to the last."""
    numbers: list[int] = []
    best: list[float] = []
    for row in rows:
        if row.state == COMPLETE and row.accuracy is not None:
            numbers.append(row.trial)
            best.append(max([row.accuracy, *best[-1:]]))
    if numbers and rows[-1].trial > numbers[-1]:
        numbers.append(rows[-1].trial)
        best.append(best[-1])
    return numbers, best


def setting_importances(shares: Mapping[str, float]) -> Figure:
    """Return the share of the differences that each setting explains, as bars."""
    figure = new_figure(6.4, 0.4 * len(shares) + 1)
    axes = figure.subplots()
    axes.barh(list(shares), list(shares.values()), color=BLUE)
    axes.invert_yaxis()
    tidy(axes, x="share of the differences in accuracy")
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    return figure
