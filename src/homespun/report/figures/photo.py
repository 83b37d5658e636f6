"""One photo: the steps that prepare it, and what a model's answer to it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from homespun.report.plotting import bare, new_figure
from homespun.types import ByteArray, FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INCHES = 2.2
_A_ROW = 4


def preparation_steps(steps: Sequence[tuple[str, str, ByteArray]]) -> Figure:
    """Return the pictures of the steps, in order, each with its words.

    Args:
        steps: name, words and picture, (height, width) or (height, width, 3), as `prepare` gives.
    """
    n_columns = min(_A_ROW, len(steps))
    n_rows = -(-len(steps) // n_columns)
    figure = new_figure(_INCHES * n_columns, 1.25 * _INCHES * n_rows)
    grid = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for i, axes in enumerate(grid):
        bare(axes)
        if i < len(steps):
            _name, words, picture = steps[i]
            _show(axes, picture)
            axes.set_title(f"{i + 1}. {words}", fontsize=8, wrap=True)
    return figure


def explanation(
    picture: ByteArray, occlusion: FloatArray, gradient: FloatArray, answer: str
) -> Figure:
    """Return the picture beside what its answer hangs on.

    Args:
        picture: (height, width, channel) as the model sees it.
        occlusion: (height, width) what of the probability is lost where a place is covered.
        gradient: (height, width) how much the score moves with each place, at least 0.
        answer: the class that the maps are of, in words.
    """
    figure = new_figure(3 * _INCHES + 0.6, 1.3 * _INCHES)
    seen, covered, moved = figure.subplots(1, 3)
    _show(seen, picture)
    seen.set_title(f"as the model sees it:\n{answer}", fontsize=9)
    most = max(float(np.abs(occlusion).max()), 1e-9)
    image = covered.imshow(occlusion, cmap="RdBu_r", vmin=-most, vmax=most)
    covered.set_title("covered: probability lost\n(blue: gained)", fontsize=9)
    figure.colorbar(image, ax=covered, shrink=0.7, format="%.2g")
    moved.imshow(gradient, cmap="magma", vmin=0)
    moved.set_title("gradient: where the score\nmoves most", fontsize=9)
    for axes in (seen, covered, moved):
        bare(axes)
    return figure


def _show(axes: Axes, picture: ByteArray) -> None:
    axes.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
