"""Each picture shows the numbers that it was given."""

from __future__ import annotations

import numpy as np
import pytest

from homespun.report import figures
from homespun.report.figures.filters import MOST
from homespun.report.figures.map import spread
from homespun.report.figures.mosaic import columns_for, wall

ROW = {"epoch": 1.0, "lr": 0.1, "loss": 2.0, "accuracy": 0.5, "penalty": 0.0}
ALONE = ROW | {"validation_loss": None, "validation_accuracy": None}
BOTH = ROW | {"validation_loss": 1.5, "validation_accuracy": 0.6}
LATER = BOTH | {"epoch": 2.0, "lr": 0.05, "loss": 1.0, "validation_loss": 1.2}


def test_curves_show_both_parts_the_rate_and_the_epoch_that_was_kept() -> None:
    loss, accuracy, rate = figures.learning_curve([BOTH, LATER], best_epoch=2).axes
    drawn = [line.get_xydata().tolist() for line in loss.lines]
    assert drawn[:2] == [[[1, 2.0], [2, 1.0]], [[1, 1.5], [2, 1.2]]]
    assert loss.lines[2].get_xdata() == [2, 2]
    assert [line.get_ydata()[-1] for line in accuracy.lines[:2]] == [0.5, 0.6]
    assert rate.lines[0].get_ydata().tolist() == [0.1, 0.05]


def test_curves_without_a_validation_part() -> None:
    assert [len(axes.lines) for axes in figures.learning_curve([ALONE]).axes] == [1, 1, 1]


def test_confusion_writes_counts_and_shares_and_colours_shares() -> None:
    y, answers = np.array([0] * 10), np.array([0] * 8 + [1] * 2)
    (axes,) = figures.confusion(y, answers, ["a", "$b$"]).axes
    assert [text.get_text() for text in axes.texts] == ["8\n80%", "2\n20%", "0", "0"]
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.8, 0.2], [0, 0]])
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "$b$"]
    assert axes.texts[0].get_color() == "white" != axes.texts[1].get_color()


def test_confusion_of_many_classes_is_colour_alone() -> None:
    names = [f"class {i}" for i in range(200)]
    (axes,) = figures.confusion_counts(np.eye(200, dtype=int), names).axes
    assert len(axes.texts) == 0
    assert not {tick.get_text() for tick in axes.get_yticklabels()} & set(names)


def test_reliability_shows_accuracy_over_confidence() -> None:
    sure = np.array([[0.9, 0.1]] * 4)
    axes, counts = figures.reliability_diagram(np.array([0, 0, 0, 1]), {"all": sure}).axes
    np.testing.assert_allclose(axes.lines[1].get_xydata(), [[0.9, 0.75]])
    assert counts.lines[0].get_ydata().tolist() == [1.0]


def test_risk_grows_as_doubtful_answers_are_added() -> None:
    p = np.array([[0.6, 0.4], [0.9, 0.1]])
    (axes,) = figures.risk_coverage_curve(np.array([1, 0]), p).axes
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0.5, 0.0], [1.0, 0.5]])


def test_a_wall_holds_each_picture_at_its_place() -> None:
    images = np.arange(1, 4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 3, 1), np.uint8)
    whole = wall(images, columns=2, gap=1, background=9)
    assert whole.shape == (7, 9, 1)
    assert whole[1, 1, 0] == 1
    assert whole[1, 5, 0] == 2
    assert whole[4, 1, 0] == 3
    assert (whole[4:6, 4:] == 9).all()
    (axes,) = figures.mosaic(images).axes
    assert axes.images[0].get_clim() == (0, 255)  # a dim picture stays dim


@pytest.mark.parametrize(
    ("n", "most", "columns"), [(60, 12, 12), (16, 12, 8), (32, 12, 11), (5, 12, 5), (0, 12, 1)]
)
def test_rows_are_filled_evenly(n: int, most: int, columns: int) -> None:
    assert columns_for(n, most) == columns


def test_filters_are_the_heaviest_and_zero_is_the_middle() -> None:
    W = np.zeros((4, MOST + 1))
    W[:, -1] = [2.0, -2.0, 0.0, 1.0]
    (axes,) = figures.filters(W, (2, 2, 1)).axes
    shown = axes.images[0].get_array()
    assert shown[1:3, 1:3].tolist() == [[255, 1], [128, 192]]
    assert shown.mask[0].all()  # between them the page shows through
    assert not shown.mask[1:3, 1:3].any()
    assert axes.images[0].get_clim() == (1, 255)  # whose middle is 128: zero is white
    kernel = np.zeros((3, 3, 1, 8))
    assert len(figures.filters(kernel, (28, 28, 1)).axes[0].images) == 1


def test_a_map_has_a_colour_a_class_and_pictures_far_apart() -> None:
    places = np.array([[0.0, 0], [1, 0], [10, 0], [10, 9]])
    images = np.zeros((4, 3, 3, 3), np.uint8)
    figure = figures.place_map(places, np.array([0, 0, 1, 1]), ["$a$", "b"], images)
    first, second = figure.axes[0].collections
    assert first.get_offsets().tolist() == [[0, 0], [1, 0]]
    assert not np.array_equal(first.get_facecolor(), second.get_facecolor())
    assert spread(places, 3) == [0, 3, 2]
    assert sorted(spread(places, 9)) == [0, 1, 2, 3]


def test_scores_are_shares_of_their_group_and_the_threshold_is_marked() -> None:
    scores = {
        "near": np.array([0.0, 0.0, 99.0, 0.5]),
        "far": np.array([1.0]),
        "none": np.zeros(0),
    }
    rows = figures.score_histogram(scores, "score", threshold=0.7).axes
    assert [axes.get_title(loc="left") for axes in rows] == list(scores)
    near, far, none = (axes.patches[0].get_data() for axes in rows)
    assert near.values[0] == 0.75  # 0, 0 and 0.5 of an axis that reaches past 90
    assert near.values[-1] == 0.25  # what lies beyond the axis counts in the last bin
    assert near.edges[-1] == pytest.approx(np.quantile(scores["near"], 0.98))
    assert (far.values.sum(), none.values.sum()) == (1, 0)
    assert [axes.lines[0].get_xdata() for axes in rows] == [[0.7, 0.7]] * 3
    assert rows[-1].get_xlabel() == "score"
    alike = figures.score_histogram({"one": np.zeros(3)}, "score").axes[0]
    assert alike.patches[0].get_data().values.sum() == 1
    assert not alike.lines


def test_answers_are_blue_if_right_and_red_if_wrong() -> None:
    images = np.zeros((2, 4, 4, 1), np.uint8)
    p = np.array([[0.7, 0.3], [0.6, 0.4]])
    figure = figures.answers(images, np.array([0, 1]), p, ["Bag", "$x$"], columns=2)
    titles = [axes.get_title() for axes in figure.axes[1::2]]
    assert titles == ["Bag 70% (Bag)", "Bag 60% ($x$)"]
    colours = [axes.patches[0].get_facecolor() for axes in figure.axes[1::2]]
    assert colours[0][2] > colours[0][0]
    assert colours[1][0] > colours[1][2]


def test_the_network_has_a_row_for_each_layer_with_its_parts() -> None:
    rows = [
        {"name": "Dense(3)", "out_shape": (3,), "weights": 9, "macs": 6, "share": 0.25},
        {"name": "Dense(1)", "out_shape": (1,), "weights": 3, "macs": 2, "share": 0.75},
    ]
    boxes, weights, macs, share = figures.network(rows, (1, 2, 1)).axes
    assert [text.get_text() for text in boxes.texts[::2]] == ["input", "Dense(3)", "Dense(1)"]
    for axes, expected in ((weights, [0.75, 0.25]), (macs, [0.75, 0.25]), (share, [0.25, 0.75])):
        assert [bar.get_width() for bar in axes.patches] == expected


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
def test_runs_are_compared_by_line(measure: str) -> None:
    (axes,) = figures.validation_curves({"$a$": [BOTH, LATER], "b": [ALONE]}, measure).axes
    assert len(axes.lines) == 2
    assert axes.lines[0].get_ydata()[0] == BOTH[f"validation_{measure}"]
    (axes,) = figures.accuracy_intervals({"$a$": (0.8, 0.7, 0.9)}).axes
    assert list(axes.lines[0].get_xdata()) == [0.7, 0.9]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["$a$"]
