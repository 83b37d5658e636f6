"""JSON as its standard has it: no name twice, no NaN, no infinity, no text that cannot be shown."""

from __future__ import annotations

import json
import math
from typing import Any

_DEEPEST = 50
_LARGEST = 2**64


def parse_json(text: str | bytes) -> Any:
    """Return what `text` holds; bytes are UTF-8, and never guessed to be anything else.

    Raises:
        ValueError: it is not JSON, holds a name twice, a number that is none, a float without a
            finite value, a whole number of more than 64 bits, half of a surrogate pair, or is
            nested more than 50 deep.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    _check(value, 0)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large a number")
    return number


def _bounded(digits: str) -> int:
    number = int(digits)
    if abs(number) >= _LARGEST:
        raise ValueError(f"{digits} is too large a number")
    return number


def _check(value: Any, depth: int) -> None:
    """Refuse what would only fail later, when it is shown or written again."""
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair raises UnicodeEncodeError, a ValueError
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name, depth + 1)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
