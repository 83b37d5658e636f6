from __future__ import annotations

import numpy as np

from homespun.article.figures.tsne import tsne_map
from homespun.data import Dataset


def test_each_picture_is_a_dot_in_the_colour_of_its_class(pictures: Dataset) -> None:
    places = np.random.default_rng(0).normal(size=(len(pictures), 2))
    figure = tsne_map(places, pictures).figure
    groups = figure.axes[0].collections
    assert len(groups) == 10
    for label, group in enumerate(groups):
        assert group.get_label() == pictures.class_names[label]
        np.testing.assert_allclose(group.get_offsets(), places[pictures.labels == label])
    assert len({tuple(group.get_facecolor()[0]) for group in groups}) == 10
    (legend,) = figure.legends
    assert tuple(text.get_text() for text in legend.get_texts()) == pictures.class_names
