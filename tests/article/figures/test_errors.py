from __future__ import annotations

import numpy as np
import pytest

from homespun.article.figures.errors import error_curve, penalty_share


def test_a_curve_has_a_point_an_epoch_counted_from_1() -> None:
    drawing = error_curve([3.0, 2.0, 1.5], title="Run 1", unit="the article's error")
    (ax,) = drawing.figure.axes
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 3], [2, 2], [3, 1.5]])
    assert ax.get_ylim()[0] == 0
    assert "from 3 after the first epoch to 1.5 after epoch 3" in drawing.alt


def test_the_share_of_the_penalty_at_the_start() -> None:
    drawing = penalty_share([1000.0, 400.0], [900.0, 800.0, 300.0])
    start, whole = drawing.figure.axes
    assert start.get_title(loc="left") == "90.0% of it is weight decay"
    assert [bar.get_height() for bar in start.patches] == [900, pytest.approx(100)]
    assert start.patches[1].get_y() == 900
    np.testing.assert_array_equal(whole.lines[0].get_ydata(), [1000, 400])
    top = whole.collections[0].get_paths()[0].vertices[:, 1]
    assert set(top) == {0, 800, 300}
