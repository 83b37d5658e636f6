"""How the scores of near and far pictures lie: whether one number can tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from homespun.report.plotting import BLUE, RED, new_figure, tidy
from homespun.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BINS = 50
_SHOWN = 0.98
"""The share of each group's scores that the axis must hold; what lies beyond is in the last bin."""


def score_histogram(
    scores: Mapping[str, FloatArray], name: str, threshold: float | None = None
) -> Figure:
    """Return a row for each group: which share of its scores (n,) lies where.

    Args:
        scores: by the name of the group.
        name: what the scores are called.
        threshold: from where on a picture counts as far; it is marked.
    """
    figure = new_figure(6.4, 0.75 * len(scores) + 0.7)
    rows = figure.subplots(len(scores), 1, sharex=True, squeeze=False)[:, 0]
    full = [values for values in scores.values() if len(values)]
    low = min(float(values.min()) for values in full)
    high = max(float(np.quantile(values, _SHOWN)) for values in full)
    edges = np.linspace(low, high if high > low else low + 1, _BINS + 1)
    for axes, (group, values) in zip(rows, scores.items(), strict=True):
        shares = np.histogram(np.minimum(values, edges[-1]), edges)[0] / max(len(values), 1)
        axes.stairs(shares, edges, color=BLUE, fill=True, alpha=0.35)
        axes.stairs(shares, edges, color=BLUE, linewidth=1.5)
        if threshold is not None:
            axes.axvline(threshold, color=RED, linestyle="--")
        tidy(axes, title=group)
        axes.title.set_fontsize(9)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        axes.tick_params(labelsize=8)
        axes.locator_params(axis="y", nbins=2)
    rows[-1].set_xlabel(name)
    return figure
