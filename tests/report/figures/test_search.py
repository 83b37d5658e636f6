from __future__ import annotations

from typing import Any

from homespun.report.figures.search import best_so_far, search_history, setting_importances
from homespun.tune.tried import Tried


def row(number: int, state: str, accuracy: float | None) -> Tried:
    return Tried(number, state, accuracy, {}, 1, 1.0, None, None)


ROWS = [
    row(0, "complete", 0.5),
    row(1, "failed", None),
    row(2, "complete", 0.4),
    row(3, "pruned", 0.9),
    row(4, "complete", 0.75),
    row(5, "interrupted", 0.95),
]


def test_the_best_so_far_is_of_complete_trials_and_goes_on_to_the_last() -> None:
    assert best_so_far(ROWS) == ([0, 2, 4, 5], [0.5, 0.5, 0.75, 0.75])
    assert best_so_far(ROWS[:3]) == ([0, 2], [0.5, 0.5])
    assert best_so_far(ROWS[1:2]) == ([], [])


def test_the_history_shows_what_is_complete_and_what_was_pruned() -> None:
    (axes,) = search_history(ROWS).axes
    lines: dict[Any, Any] = {line.get_label(): line for line in axes.lines}
    assert list(lines["complete"].get_xdata()) == [0, 2, 4]
    assert list(lines["complete"].get_ydata()) == [0.5, 0.4, 0.75]
    assert list(lines["pruned"].get_ydata()) == [0.9]
    assert list(lines["best so far"].get_ydata()) == [0.5, 0.5, 0.75, 0.75]


def test_bars_stand_from_the_most_important_down() -> None:
    (axes,) = setting_importances({"lr": 0.75, "width": 0.25}).axes
    assert [bar.get_width() for bar in axes.patches] == [0.75, 0.25]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["lr", "width"]
    assert axes.yaxis_inverted()
