"""The map of the test products: t-SNE puts those that look alike near each other."""

from __future__ import annotations

from homespun.article.figures.canvas import Drawing
from homespun.data.dataset import Dataset
from homespun.report.figures import place_map
from homespun.types import FloatArray


def tsne_map(places: FloatArray, data: Dataset) -> Drawing:
    """Draw the pictures of `data` as dots at `places` (n_samples, 2), one colour a class."""
    return Drawing(
        place_map(places, data.labels, data.class_names),
        f"Map of {len(data):,} products as coloured dots. Trousers, bags and the group of shoes "
        "lie apart; shirts, pullovers, coats and T-shirts run into each other.",
    )
