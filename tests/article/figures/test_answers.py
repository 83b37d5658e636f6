from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from homespun.article.figures.answers import answer_grid, caption, single_answer
from homespun.article.figures.canvas import BLUE, PALE, RED
from homespun.data import CLASS_NAMES, Dataset
from homespun.types import FloatArray


def surely(label: int, p: float = 0.91) -> FloatArray:
    row = np.full(10, (1 - p) / 9)
    row[label] = p
    return row


def test_the_words_are_the_articles() -> None:
    assert caption(surely(8, 0.16), 8, CLASS_NAMES) == "Bag 16% (Bag)"
    assert caption(surely(8, 0.5), 0, CLASS_NAMES) == "Bag 50% (T-shirt/top)"


@pytest.mark.parametrize(("truth", "colour"), [(8, BLUE), (0, RED)])
def test_a_single_answer_is_blue_if_right_and_red_if_wrong(
    pictures: Dataset, truth: int, colour: str
) -> None:
    answers = {"one": surely(8), "two": surely(8, 0.3)}
    drawing = single_answer(pictures.images[0, :, :, 0], truth, answers, CLASS_NAMES)
    for ax, (name, p) in zip(drawing.figure.axes[1:], answers.items(), strict=True):
        assert [bar.get_width() for bar in ax.patches] == pytest.approx(list(p))
        colours = [to_hex(bar.get_facecolor()) for bar in ax.patches]
        assert colours == [PALE] * 8 + [colour] + [PALE]
        assert ax.get_title(loc="left") == f"{name}\n{caption(p, truth, CLASS_NAMES)}"
    assert "Bag 91%" in drawing.alt


def test_the_grid_has_fifteen_answers_each_beside_its_product(pictures: Dataset) -> None:
    # Pictures 0 to 9 have the labels 0 to 9; the third is answered wrongly.
    p = np.array([surely(int(label)) for label in pictures.labels])
    p[2] = surely(7)
    drawing = answer_grid(pictures, p, title="Run 2")
    cells = drawing.figure.axes
    assert len(cells) == 30
    for i in range(15):
        shown, bars = cells[2 * i], cells[2 * i + 1]
        assert (np.asarray(shown.images[0].get_array()) == pictures.images[i, :, :, 0]).all()
        assert [bar.get_height() for bar in bars.patches] == pytest.approx(list(p[i]))
        colour = RED if i == 2 else BLUE
        assert bars.title.get_color() == colour
        assert to_hex(bars.patches[int(p[i].argmax())].get_facecolor()) == colour
        assert bars.get_title() == caption(p[i], int(pictures.labels[i]), CLASS_NAMES)
    assert "14 right (blue), 1 wrong (red)" in drawing.alt
