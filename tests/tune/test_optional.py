from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from homespun.errors import MissingExtraError


def test_without_the_extra_it_is_said_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    monkeypatch.delitem(sys.modules, "homespun.tune.optional", raising=False)
    with pytest.raises(MissingExtraError, match=r"homespun tune needs optuna.*homespun\[tune\]"):
        importlib.import_module("homespun.tune.optional")


def test_other_commands_do_without_it() -> None:
    code = "import sys, homespun.cli.train, homespun.cli.tune; print('optuna' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"
