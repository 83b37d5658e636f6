from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.files import parse_json

plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64) + 1, 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abé"), inner),
    max_leaves=20,
)


@given(plain_values)
def test_reads_what_the_standard_library_writes(value: object) -> None:
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Expecting value"),
        ("{", "Expecting"),
        ("[1] 2", "Extra data"),
        ("{'a': 1}", "Expecting"),
        ('{"a": 1, "a": 1}', "stands twice"),
        ('[{"b": {"a": 1, "\\u0061": 2}}]', "stands twice"),
        ("NaN", "NaN is not a number"),
        ("[-Infinity]", "-Infinity is not a number"),
        ("1e999", "too large"),
        ("-1e999", "too large"),
        (str(2**64), "too large"),
        (str(-(2**64)), "too large"),
        ("1" * 10_000, "digits"),
        ('"\\ud800"', "surrogates"),
        ('{"\\udfff": 1}', "surrogates"),
        ("[" * 52 + "]" * 52, "nested too deep"),
        ('{"a":' * 52 + "1" + "}" * 52, "nested too deep"),
        ("[" * 100_000, "nested too deep"),
        (b"\xff\xfe\xfd", "decode"),
        ("[1]".encode("utf-16"), "decode"),
        ("[1]".encode("utf-32-be"), "Expecting"),
        ("[1]".encode("utf-8-sig"), "BOM"),
    ],
)
def test_all_else_is_a_value_error(text: str | bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_json(text)


def test_fifty_levels_are_not_too_deep() -> None:
    assert parse_json("[" * 51 + "]" * 51) == json.loads("[" * 51 + "]" * 51)
