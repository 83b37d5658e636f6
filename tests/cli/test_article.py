from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homespun.data import Dataset

Command = Callable[..., Any]


@pytest.fixture
def calls(
    monkeypatch: pytest.MonkeyPatch, fashion_mnist: tuple[Dataset, Dataset]
) -> list[dict[str, Any]]:
    """What `homespun article` asks of the replay, which takes minutes and has tests of its own."""
    asked: list[dict[str, Any]] = []

    def replay(train: Dataset, folder: Path, **others: Any) -> dict[str, Any]:
        asked.append({"n": len(train), "folder": folder, **others})
        others["say"]("working")
        return {"softmax": [0.25, 0.75]}

    monkeypatch.setattr(importlib.import_module("homespun.cli.article"), "replay", replay)
    return asked


def test_the_whole_training_file_is_replayed(
    homespun: Command, calls: list[dict[str, Any]]
) -> None:
    done = homespun("article")
    assert (done.status, done.err) == (0, "working\n")
    assert done.out == "story    runs/article/index.html\n"
    (asked,) = calls
    assert (asked["n"], asked["folder"], asked["quick"]) == (60_000, Path("runs/article"), False)


def test_figures_as_json(homespun: Command, calls: list[dict[str, Any]], tmp_path: Path) -> None:
    done = homespun("article", "--quick", "--json", "--folder", tmp_path)
    assert json.loads(done.out) == {"softmax": [0.25, 0.75]}
    assert (calls[0]["quick"], calls[0]["folder"]) == (True, tmp_path)
