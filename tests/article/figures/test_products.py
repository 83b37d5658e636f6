from __future__ import annotations

import numpy as np

from homespun.article.figures.products import pixel_matrix, samples
from homespun.data import Dataset


def test_samples_are_those_of_a_runs_page_in_words_for_all(pictures: Dataset) -> None:
    drawing = samples(pictures)
    (ax,) = drawing.figure.axes
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert tuple(names) == pictures.class_names
    boot = pictures.images[pictures.labels == 9][1, :, :, 0]
    sheet = np.asarray(ax.images[0].get_array())
    assert (sheet[9 * 30 : 9 * 30 + 28, 30 : 30 + 28] == boot).all()
    assert "Ankle boot" in drawing.alt


def test_every_pixel_is_written_where_it_is(pictures: Dataset) -> None:
    image = pictures.images[0, :, :, 0]
    drawing = pixel_matrix(image, "T-shirt/top")
    shown, numbers = drawing.figure.axes[:2]
    assert (np.asarray(shown.images[0].get_array()) == image).all()
    written = {text.get_position(): text.get_text() for text in numbers.texts}
    assert written == {(c, r): str(image[r, c]) for r in range(28) for c in range(28)}
