from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import pytest

from homespun.data import Preparation
from homespun.errors import SettingError


def test_it_goes_through_json_and_back() -> None:
    for preparation in (Preparation(), Preparation.plain(), Preparation(sharpen=False)):
        assert Preparation(**json.loads(json.dumps(asdict(preparation)))) == preparation


def test_the_plain_one_does_nothing_to_the_picture() -> None:
    plain = Preparation.plain()
    assert not any(getattr(plain, field.name) for field in fields(plain))
    assert Preparation.plain(fill=True) != plain


@pytest.mark.parametrize("value", [1, 0, None, "yes", [True]])
def test_a_switch_is_true_or_false(value: Any) -> None:
    with pytest.raises(SettingError, match="expected true or false, got sharpen="):
        Preparation(sharpen=value)
