"""How the scores of near and far pictures lie: whether one number can tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from homespun.report.plotting import BLUE, ORANGE, RED, new_figure, tidy
from homespun.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BINS = 40


def score_histogram(scores: Mapping[str, FloatArray], name: str) -> Figure:
    """Return the shares of scores (n,), each between 0 and 1, by the name of their group."""
    figure = new_figure(6.4, 3.6)
    axes = figure.subplots()
    edges = np.linspace(0, 1, _BINS + 1)
    for (group, values), colour in zip(scores.items(), (BLUE, RED, ORANGE), strict=False):
        shares = np.histogram(values, edges)[0] / max(len(values), 1)
        axes.stairs(shares, edges, color=colour, fill=True, alpha=0.35)
        axes.stairs(shares, edges, color=colour, label=group, linewidth=1.5)
    axes.legend(frameon=False)
    axes.set_xlim(0, 1)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    tidy(axes, x=name, y="share of the group")
    return figure
