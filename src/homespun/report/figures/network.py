"""The network as a picture: what goes in, layer under layer, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from homespun.report.plotting import BLUE, ORANGE, bare, new_figure
from homespun.types import Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LINE = 0.32
_LEAST = 0.01
_TITLES = ("weights", "multiply-adds", "time")


def network(layers: Sequence[Mapping[str, Any]], in_shape: Shape) -> Figure:
    """Return the layers from top to bottom, with bars for their parts of the whole.

    Args:
        layers: for each layer its name, out_shape, weights, macs and share of the time, such as
            `homespun.models.summarise` returns.
        in_shape: the shape of what goes in.
    """
    figure = new_figure(6.4, _LINE * (len(layers) + 2) + 0.2)
    boxes, *charts = figure.subplots(1, 4, sharey=True, width_ratios=(5, 1, 1, 1))
    names = ["input", *(str(row["name"]) for row in layers)]
    shapes = [in_shape, *(row["out_shape"] for row in layers)]
    heavy = [False, *(row["weights"] > 0 for row in layers)]
    for row, (name, shape) in enumerate(zip(names, shapes, strict=True)):
        boxes.barh(row, 1, height=0.8, color=BLUE if heavy[row] else ORANGE, alpha=0.22)
        boxes.text(0.02, row, name, va="center", fontsize=8, parse_math=False)
        boxes.text(0.98, row, " x ".join(map(str, shape)), va="center", ha="right", fontsize=8)
    boxes.set_xlim(0, 1)
    boxes.set_ylim(len(names) - 0.5, -0.5)
    for axes, key, title in zip(charts, ("weights", "macs", "share"), _TITLES, strict=True):
        whole = sum(row[key] for row in layers) or 1
        parts = [row[key] / whole for row in layers]
        axes.barh(range(1, len(names)), parts, height=0.6, color=BLUE)
        for row, part in enumerate(parts, 1):
            if part >= _LEAST:
                axes.text(part, row, f" {part:.0%}", va="center", fontsize=7)
        axes.set_xlim(0, 1.5)
        axes.set_title(title, fontsize=8)
    for axes in (boxes, *charts):
        bare(axes)
    return figure
