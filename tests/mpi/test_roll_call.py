"""Whatever goes wrong on one rank ends all of them, with one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Program = Callable[..., Any]


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ("diverge", r"the loss is nan in step 2 .* layer 5 \(Dense\) .* smaller learning rate"),
        ("first", "disk: is full"),
        ("unreadable", r"rank 1 on \S+: photo\.png: is gone"),
        ("other-weights", "the weights on rank 1 are not those on rank 0; .*"),
        ("other-pictures", "the pictures on rank 1 are not those on rank 0; .*"),
        ("left", "rank 1 has ended before the others"),
    ],
)
def test_what_ends_one_rank_ends_all_with_one_line(program: Program, how: str, line: str) -> None:
    ended = program(2, "fail", how)
    assert ended.status == 2
    assert re.fullmatch(line + "\n", ended.err)
    assert ended.out == ""


def test_a_bug_on_one_rank_ends_all_and_is_shown(program: Program) -> None:
    ended = program(3, "fail", "broken")
    assert ended.status not in (0, 2)
    assert ended.err.count("Traceback") == 1
    assert "RuntimeError: a bug" in ended.err
