from __future__ import annotations

import numpy as np

from homespun.report.figures import explanation, preparation_steps


def test_each_step_has_its_picture_and_words() -> None:
    grey, colour = np.zeros((5, 4), np.uint8), np.full((6, 3, 3), 200, np.uint8)
    steps = [(f"step {i}", f"words {i}", (grey, colour)[i % 2]) for i in range(6)]
    figure = preparation_steps(steps)
    shown = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in shown] == [f"{i + 1}. words {i}" for i in range(6)]
    np.testing.assert_array_equal(shown[1].images[0].get_array(), colour)
    assert len(preparation_steps(steps[:1]).axes) == 1


def test_the_picture_stands_beside_both_maps() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (4, 5, 1), dtype=np.uint8)
    occlusion, gradient = rng.normal(size=(4, 5)), rng.random((4, 5))
    figure = explanation(picture, occlusion, gradient, "Bag 97%")
    seen, covered, moved = figure.axes[:3]
    assert "Bag 97%" in seen.get_title()
    for axes, expected in ((seen, picture[..., 0]), (covered, occlusion), (moved, gradient)):
        np.testing.assert_array_equal(axes.images[0].get_array(), expected)
    low, high = covered.images[0].get_clim()
    assert -low == high == np.abs(occlusion).max()  # white is neither lost nor gained


def test_nothing_lost_anywhere_can_be_drawn() -> None:
    empty = np.zeros((3, 3))
    explanation(np.zeros((3, 3, 3), np.uint8), empty, empty, "Bag")
