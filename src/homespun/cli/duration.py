"""Lengths of time as people write them: 90s, 20m, 1.5h."""

from __future__ import annotations

import re

from homespun.errors import SettingError

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: str, option: str) -> float:
    """Return the seconds that `text` means; a bare number is seconds.

    Raises:
        SettingError: it is no length of time; the message names the option.
    """
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?([smh]?)", text.strip())
    if not found:
        raise SettingError(f"{option}: expected a time such as 90s, 20m or 1.5h, got {text!r}")
    return float(found[1]) * _SECONDS[found[2]]
