from __future__ import annotations

import io

import numpy as np
from PIL import Image

from homespun.article.figures.canvas import DOTS_PER_INCH, RED, bare, new_figure, png, tidy


def opened(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_size_is_in_inches() -> None:
    assert opened(png(new_figure(4, 3))).shape == (3 * DOTS_PER_INCH, 4 * DOTS_PER_INCH, 3)


def test_equal_figures_are_equal_bytes() -> None:
    assert png(new_figure(4, 3)) == png(new_figure(4, 3))


def test_a_note_stands_in_a_strip_of_its_own_at_the_bottom() -> None:
    def red_rows(note: str) -> np.ndarray:
        figure = new_figure(4, 3)
        ax = figure.add_subplot()
        ax.plot([0, 1])
        tidy(ax, title="title", x="x", y="y")
        pixels = opened(png(figure, note=note))
        red = tuple(int(RED[i : i + 2], 16) for i in (1, 3, 5))
        strip = pixels[-round(0.3 * DOTS_PER_INCH) :]
        inked = np.flatnonzero((pixels != 255).any(axis=(1, 2)))
        assert inked.max() < len(pixels) - 1
        if note:  # nothing of the chart reaches into the strip: all its ink is as red as the note
            dark = strip[(strip != 255).any(axis=2)]
            assert (dark[:, 0] >= dark[:, 1]).all()
        return np.flatnonzero((np.abs(pixels - red).sum(axis=2) < 20).any(axis=1))

    assert red_rows("").size == 0
    rows = red_rows("quick: part of the data")
    assert rows.size
    assert rows.min() > 3 * DOTS_PER_INCH * 0.88


def test_a_bare_axis_has_no_ink() -> None:
    figure = new_figure(4, 3)
    bare(figure.add_subplot())
    assert (opened(png(figure)) == 255).all()
