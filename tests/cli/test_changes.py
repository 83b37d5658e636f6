from __future__ import annotations

import pytest

from homespun.cli.changes import parse_changes
from homespun.errors import SettingError


def test_changes_are_read_in_either_spelling() -> None:
    assert parse_changes(None) is None
    assert parse_changes([]) is None
    changes = parse_changes(["lr=0.05", " batch-size = 64 ", "augment=no"])
    assert changes == {"lr": 0.05, "batch_size": 64, "augment": False}


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["lr"], "--set: expected NAME=VALUE such as lr=0.05, got 'lr'"),
        (["lr=1", "lr=2"], "--set lr: it is set twice"),
        (["batch-size=1", "batch_size=1"], "--set batch_size: it is set twice"),
        (["=1"], "nothing to set is called ''"),
        (["lr=1=2"], "lr takes a number above 0, not '1=2'"),
    ],
)
def test_what_is_none_is_one_error(texts: list[str], problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        parse_changes(texts)
