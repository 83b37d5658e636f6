from __future__ import annotations

import sys

import pytest

from homespun.catalog import choose_engine
from homespun.catalog.local import Local
from homespun.errors import MissingExtraError, SettingError
from homespun.training.workers import available_threads


def test_without_a_word_it_is_this_machine_with_all_its_cores() -> None:
    for name in (None, "local"):
        engine = choose_engine(name, None, None)
        assert isinstance(engine, Local)
        assert engine.workers == available_threads()
    assert choose_engine(None, 3, None).workers == 3


def test_what_cannot_be_is_one_line() -> None:
    with pytest.raises(SettingError, match="--engine spark: there are local and ray"):
        choose_engine("spark", None, None)
    with pytest.raises(SettingError, match="--engine local needs no --ray-address"):
        choose_engine("local", None, "10.0.0.1:6379")


@pytest.mark.parametrize(("name", "address"), [("ray", None), (None, "a:1"), ("ray", "a:1")])
def test_ray_is_chosen_by_its_name_or_by_an_address(
    monkeypatch: pytest.MonkeyPatch, name: str | None, address: str | None
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr("os.environ", {})
    with pytest.raises(MissingExtraError, match=r"needs Ray.*pip install 'homespun\[ray\]'"):
        choose_engine(name, None, address)
