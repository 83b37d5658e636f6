from __future__ import annotations

import os
from pathlib import Path

import pytest

from homespun.errors import FileError
from homespun.models import coming_along
from homespun.runs import find_model as module
from homespun.runs.find_model import find_model


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("old", "new"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "model.safetensors").touch()
        (tmp_path / "runs" / name / "run.json").touch()
    os.utime(tmp_path / "runs/old/model.safetensors", (1, 1))
    return tmp_path / "runs"


def test_a_run_or_a_file_may_be_named(runs: Path) -> None:
    assert find_model(runs / "old", runs) == runs / "old" / "model.safetensors"
    assert find_model(Path("model.safetensors"), runs) == Path("model.safetensors")
    with pytest.raises(FileError, match="is not a run folder"):
        find_model(runs, runs)


def test_else_the_newest_run_answers(runs: Path) -> None:
    assert find_model(None, runs) == runs / "new" / "model.safetensors"


def test_else_the_model_that_comes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "packaged_model", lambda: tmp_path / "packaged")
    assert find_model(None, tmp_path / "runs") == tmp_path / "packaged"
    monkeypatch.setattr(module, "packaged_model", lambda: None)
    with pytest.raises(
        FileError, match="holds no trained run yet, and no model came with"
    ) as error:
        find_model(None, tmp_path / "runs")
    assert "\n" not in str(error.value)


def test_the_model_that_comes_along_lies_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming_along.resources, "files", lambda room: tmp_path)
    assert coming_along.packaged_model() is None
    (tmp_path / "model.safetensors").touch()
    assert coming_along.packaged_model() == tmp_path / "model.safetensors"
