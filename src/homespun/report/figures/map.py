"""A map: pictures as dots at their places, with some of the pictures on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from homespun.report.plotting import bare, new_figure
from homespun.types import ByteArray, FloatArray, IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_NAMES = 20
_PICTURES = 24


def place_map(
    places: FloatArray,
    y: IntArray,
    names: Sequence[str],
    images: ByteArray | None = None,
) -> Figure:
    """Return dots at `places` (n_samples, 2), one colour a class.

    Args:
        places: such as t-SNE gives.
        y: (n_samples,) class indices.
        names: the name of each class.
        images: (n_samples, height, width, channel) uint8; a sample of them is placed on the map.
    """
    figure = new_figure(6, 6.4)
    from matplotlib import colormaps  # optional, like all of matplotlib

    axes = figure.subplots()
    colours = colormaps["tab10" if len(names) <= 10 else "turbo"]
    for label, name in enumerate(names):
        chosen = places[y == label]
        if len(chosen):
            colour = colours(label if len(names) <= 10 else label / len(names))
            axes.scatter(
                chosen[:, 0],
                chosen[:, 1],
                s=45_000 / (len(places) + 3_000),
                linewidths=0,
                alpha=0.85,
                color=colour,
                rasterized=True,
                label=name.replace("$", r"\$"),
            )
    bare(axes)
    axes.set_aspect("equal", adjustable="datalim")
    if images is not None:
        _place_pictures(axes, places, images)
    if len(names) <= _MOST_NAMES:
        figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9, markerscale=2)
    return figure


def spread(places: FloatArray, n: int) -> list[int]:
    """Return the indices of `n` places that lie far from each other, each time the farthest."""
    chosen = [0]
    distances = np.full(len(places), np.inf)
    while len(chosen) < min(n, len(places)):
        distances = np.minimum(distances, ((places - places[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(distances.argmax()))
    return chosen


def _place_pictures(axes: Axes, places: FloatArray, images: ByteArray) -> None:
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    zoom = 22 / max(images.shape[1:3])
    for i in spread(places, _PICTURES):
        picture = images[i].squeeze()
        drawn = OffsetImage(picture, zoom=zoom, cmap="gray", norm=None)
        drawn.image.set_clim(0, 255)
        axes.add_artist(AnnotationBbox(drawn, tuple(places[i]), pad=0.1, frameon=True))
