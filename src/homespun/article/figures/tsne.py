"""The map of the test products: t-SNE puts those that look alike near each other."""

from __future__ import annotations

from matplotlib import colormaps
from matplotlib.collections import PathCollection

from homespun.article.figures.canvas import Drawing, bare, new_figure
from homespun.data.dataset import Dataset
from homespun.types import FloatArray


def tsne_map(places: FloatArray, data: Dataset) -> Drawing:
    """Draw the pictures of `data` as dots at `places` (n_samples, 2), one colour a class."""
    figure = new_figure(9, 7)
    ax = figure.add_subplot()
    colours = colormaps["tab10"]
    for label, name in enumerate(data.class_names):
        chosen = places[data.labels == label]
        ax.scatter(
            chosen[:, 0], chosen[:, 1], s=45_000 / (len(data) + 3_000), linewidths=0, alpha=0.8,
            color=colours(label % 10), label=name,
        )  # fmt: skip
    bare(ax)
    ax.set_aspect("equal")
    legend = figure.legend(loc="outside right center", frameon=False, fontsize=10)
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_sizes([50])
    return Drawing(
        figure,
        f"Map of {len(data):,} products as coloured dots. Trousers, bags and the group of shoes "
        "lie apart; shirts, pullovers, coats and T-shirts run into each other.",
    )
