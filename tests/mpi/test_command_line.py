"""`mpiexec -n N homespun train`, as people type it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homespun.cli.source import source_of
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute

Homespun = Callable[..., Any]


@pytest.fixture
def homespun(ranks: Callable[..., Any], tmp_path: Path) -> Homespun:
    """(n, arguments) -> how `n` ranks of the command ended."""
    cache = str(tmp_path / "another cache")
    return lambda n, *words: ranks(n, "-m", "homespun", *words, XDG_CACHE_HOME=cache)


@pytest.fixture
def alone(pictures_in: Any, own_cache: Path, tmp_path: Path) -> RunFolder:
    """A run on a folder of pictures, by this process."""
    pictures = pictures_in.classes(12)
    folder = RunFolder(tmp_path / "runs" / "one")
    settings = Settings("mlp", seed=7, epochs=2, validation=None, folder=str(pictures))
    source = source_of(settings, folder)
    execute(
        folder, settings, *source.parts, preparation=source.preparation, manifest=source.manifest
    )
    return folder


def test_a_folder_of_pictures_gives_the_weights_of_one_process(
    homespun: Homespun, alone: RunFolder, pictures_in: Any
) -> None:
    folder = RunFolder(alone.path.with_name("two"))
    choices = ("train", pictures_in.root, "--recipe", "mlp", "--epochs", 2, "--seed", 7, "--json")
    ended = homespun(2, *choices, "--run", folder.path, "--threads", 1)
    assert ended.told["weight_hash"] == alone.read_record()["result"]["weight_hash"]
    for name in ("metrics.csv", "manifest.csv"):
        assert (folder.path / name).read_bytes() == (alone.path / name).read_bytes()
    assert folder.report.exists()
    assert ended.err.count(f"training mlp (seed 7) on 2 ranks in {folder.path}\n") == 1
    assert ended.err.count("epoch   1/2") == 1, "the first rank speaks, and no other"

    again = homespun(2, *choices, "--run", folder.path)
    assert again.err == f"this run has already ended in {folder.path}; nothing to do\n"
    assert json.loads(again.out) == ended.told


def test_bad_input_is_answered_once(homespun: Homespun) -> None:
    ended = homespun(2, "train", "--recipe", "nonsense")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("homespun: no recipe is called 'nonsense'")
    assert ended.err.count("\n") == 1
