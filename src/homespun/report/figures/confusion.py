"""The confusion matrix: what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import confusion_matrix

from homespun.report.plotting import new_figure
from homespun.types import IntArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_NUMBERS = 12
"""More classes than this are shown by colour alone."""
_MOST_NAMES = 40
_INCHES = 6.4


def confusion(y: IntArray, y_pred: IntArray, names: Sequence[str]) -> Figure:
    """Return the confusion matrix of true and answered class indices, each (n_samples,)."""
    return confusion_counts(confusion_matrix(y, y_pred, labels=range(len(names))), names)


def confusion_counts(counts: IntArray, names: Sequence[str]) -> Figure:
    """Return counts (n_classes, n_classes) as a picture; rows are the truth.

    Colour is the share of the true class. With few classes, each cell has its count and share
    written in; with many, names and numbers would only blur.
    """
    counts = np.asarray(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = new_figure(_INCHES, _INCHES)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    if len(names) <= _MOST_NAMES:
        size = 9 if len(names) <= _MOST_NUMBERS else 6
        # A name is no formula, even if it has two dollar signs.
        ticks = range(len(names))
        axes.set_xticks(
            ticks, names, rotation=45, ha="right", rotation_mode="anchor", parse_math=False
        )
        axes.set_yticks(ticks, names, parse_math=False)
        axes.tick_params(labelsize=size, length=0)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    if len(names) <= _MOST_NUMBERS:
        for (row, column), count in np.ndenumerate(counts):
            share = shares[row, column]
            axes.text(
                column, row, f"{count}\n{share:.0%}" if count else "0", ha="center", va="center",
                color="white" if share > 0.5 else "#08306b", fontsize=7,
            )  # fmt: skip
    return figure
