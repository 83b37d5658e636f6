from __future__ import annotations

import pytest

from homespun.training.curve import BLOCKS, PLAIN, curve, marks_for


def test_the_least_is_lowest_and_the_greatest_highest() -> None:
    assert curve([0, 1, 0.5], 10, "012") == "021"
    assert curve([5, 5], 10, "012") == "00"
    assert curve([], 10) == ""


def test_neighbours_share_a_mark_where_there_is_no_room() -> None:
    assert curve([0, 0, 4, 4, 8, 8], 3, "012") == "012"
    assert len(curve(list(range(1000)), 60)) == 60


@pytest.mark.parametrize(
    ("encoding", "marks"), [("utf-8", BLOCKS), ("ascii", PLAIN), ("no such encoding", PLAIN)]
)
def test_marks_can_be_written(encoding: str, marks: str) -> None:
    assert marks_for(encoding) == marks
