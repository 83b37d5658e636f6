from __future__ import annotations

import numpy as np

from homespun.article.figures.products import N_SAMPLES, pixel_matrix, sample_grid
from homespun.data import Dataset


def test_each_class_has_a_row_of_its_own_first_pictures(pictures: Dataset) -> None:
    drawing = sample_grid(pictures)
    (ax,) = drawing.figure.axes
    sheet = np.asarray(ax.images[0].get_array())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert tuple(names) == pictures.class_names
    for row in (0, 9):
        own = pictures.images[pictures.labels == row]
        for column in (0, N_SAMPLES - 1):
            top, left = row * 32 + 2, column * 32 + 2
            cell = sheet[top : top + 28, left : left + 28]
            assert (cell == own[column, :, :, 0]).all()
    assert "Ankle boot" in drawing.alt


def test_a_class_with_few_pictures_leaves_the_rest_of_its_row_empty(pictures: Dataset) -> None:
    sheet = np.asarray(sample_grid(pictures.take(slice(20))).figure.axes[0].images[0].get_array())
    assert sheet[:, : 2 * 32].any()
    assert not sheet[:, 2 * 32 :].any()


def test_every_pixel_is_written_where_it_is(pictures: Dataset) -> None:
    image = pictures.images[0, :, :, 0]
    drawing = pixel_matrix(image, "T-shirt/top")
    shown, numbers = drawing.figure.axes[:2]
    assert (np.asarray(shown.images[0].get_array()) == image).all()
    written = {text.get_position(): text.get_text() for text in numbers.texts}
    assert written == {(c, r): str(image[r, c]) for r in range(28) for c in range(28)}
