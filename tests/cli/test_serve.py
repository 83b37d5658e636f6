from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


def test_it_starts_with_the_model_in_the_package_and_ends_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "homespun", "serve", "--port", "0", "--workers", "1", "--json"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        told = json.loads("".join(process.stdout.readline() for _ in range(4)))
        assert told["model"].endswith("packaged/model.safetensors")
        with urllib.request.urlopen(f"{told['address']}api/model") as response:
            assert json.load(response)["name"] == "packaged"
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate()
    finally:
        process.kill()
    assert process.returncode == 0
    assert "answers; Ctrl-C ends" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("option", ["--runs", "--corrections"])
def test_folders_that_are_not_there_are_one_line(
    homespun: Command, tmp_path: Path, option: str
) -> None:
    complaint = homespun("serve", option, tmp_path / "nowhere").complaint
    assert option in complaint
    assert "make it first" in complaint


def test_a_model_that_is_none_is_one_line(homespun: Command, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"nonsense")
    assert "model.safetensors" in homespun(
        "serve", tmp_path / "model.safetensors", "--port", 0
    ).complaint.replace("\n", " ")


def test_a_missing_library_is_one_line_that_says_how_to_get_it(
    homespun: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("homespun.serve.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    complaint = homespun("serve").complaint
    assert "homespun serve needs uvicorn" in complaint
    assert "pip install 'homespun[serve]'" in complaint
