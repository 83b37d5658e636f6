"""Runs on several ranks: interrupted, killed, gone on with on another number, always the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("metrics.csv", "model.safetensors")}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Path:
    """The same run by one process."""
    folder = tmp_path_factory.mktemp("runs") / "a run"
    assert program(None, "run", folder).told["lines"] == []
    return folder


def test_files_are_those_of_one_process(
    on_two_hosts: Program, unbroken: Path, tmp_path: Path
) -> None:
    told = on_two_hosts("run", tmp_path / "two").told
    assert told["result"]["finished"]
    assert files(tmp_path / "two") == files(unbroken)
    assert {path.name for path in (tmp_path / "two").iterdir()} == {
        "metrics.csv", "model.safetensors", "run.json"
    }  # fmt: skip


def test_a_host_with_other_pictures_is_told_of(on_two_hosts: Program, tmp_path: Path) -> None:
    ended = on_two_hosts("run", tmp_path / "two", 0, "other-pictures")
    assert ended.status == 2
    assert ended.err.startswith("the pictures on rank 1 are not those on rank 0")
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "two").exists()


def test_a_run_goes_on_with_any_number_of_ranks_to_the_same_end(
    program: Program, interrupted: Program, unbroken: Path, tmp_path: Path
) -> None:
    """Ctrl-C, which reaches all; a signal that reaches one; a kill of one; then to the end."""
    folder = tmp_path / "run"
    told = interrupted(2, folder).told
    assert told["result"]["stopped"] == "interrupted"
    assert told["lines"] == ["stopped early (interrupted); the best model so far is kept"]

    told = program(3, "run", folder, 2, "interrupt").told
    assert told["lines"][0] == "going on after step 3, in epoch 1"
    assert told["result"]["stopped"] == "interrupted"

    ended = program(2, "run", folder, 4, "kill")
    assert ended.status != 0
    assert (folder / "checkpoint").is_dir()

    told = program(None, "run", folder).told
    step = int(told["lines"][0].split()[4].strip(","))
    assert 5 < step <= 9, "one is written after each step, by the first rank"
    assert told["result"]["finished"]
    assert files(folder) == files(unbroken)


def test_a_run_that_has_ended_is_left_alone(program: Program, unbroken: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in unbroken.iterdir()}
    assert program(2, "run", unbroken).told["lines"] == []
    assert before == {path: path.stat().st_mtime_ns for path in unbroken.iterdir()}
