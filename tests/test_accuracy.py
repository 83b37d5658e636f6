"""The record behind benchmarks/accuracy.md: runs are made once, and the figures come from it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from homespun.models import RECIPES, read_measured


@pytest.fixture
def accuracy(benchmark_script: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark_script("accuracy")


@pytest.fixture
def made(accuracy: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """Keep all files here, and return the seeds of runs that are asked for; none is made."""
    for name in ("RECORD", "PAGE", "MEASURED"):
        monkeypatch.setattr(accuracy, name, tmp_path / name)
    seeds = []

    def run(recipe: str, seed: int, runs: Path, threads: int | None) -> dict[str, Any]:
        seeds.append(seed)
        about = {"recipe": recipe, "seed": seed, "epochs": RECIPES[recipe].epochs}
        accuracies = {"accuracy": 0.9 + seed / 100, "accuracy_with_flips": 0.95}
        return about | accuracies | {"seconds": 60.0, "weight_hash": "0"}

    monkeypatch.setattr(accuracy, "run", run)
    return seeds


def call(accuracy: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["accuracy.py", *arguments])
    accuracy.main()


def test_what_is_on_record_is_not_run_again(
    accuracy: ModuleType, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    call(accuracy, monkeypatch, "mlp", "--seeds", "2")
    assert made == [0, 1]
    call(accuracy, monkeypatch, "mlp", "--seeds", "3")
    assert made == [0, 1, 2]
    row = "| mlp | 3 | 91.00% | 1.00% | 90.00% | 92.00% | 95.00% | 30 | 1.0 |"
    assert row in accuracy.PAGE.read_text()


def test_runs_of_a_recipe_that_has_changed_do_not_count(
    accuracy: ModuleType, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    call(accuracy, monkeypatch, "mlp", "--seeds", "2")
    first, second = accuracy.RECORD.read_text().splitlines()
    shorter = json.dumps(json.loads(first) | {"epochs": 1})
    accuracy.RECORD.write_text(f"{shorter}\n{second}\n")
    call(accuracy, monkeypatch, "mlp", "--seeds", "2")
    assert made == [0, 1, 0]


def test_what_is_shown_is_what_is_on_record(accuracy: ModuleType) -> None:
    records = accuracy.recorded()
    for recipe, shown in read_measured().items():
        results = [record for (name, _), record in records.items() if name == recipe]
        if results:
            assert accuracy.summary(results) == shown
