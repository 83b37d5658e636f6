from __future__ import annotations

import pytest

from homespun.cli.duration import parse_duration
from homespun.errors import SettingError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("90", 90), ("90s", 90), ("20m", 1200), ("1.5h", 5400), (" 2 h ", 7200)],
)
def test_times_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_duration(text, "--time-limit") == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "-1", "1d", "1h30m", "1e9", "nan", "inf", ".5", "1" * 20]
)
def test_what_is_no_time_is_one_error(text: str) -> None:
    with pytest.raises(SettingError, match="--time-limit: expected a time such as"):
        parse_duration(text, "--time-limit")
