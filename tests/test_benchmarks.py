"""The benchmarks' own arithmetic; PyTorch's environment is asked where it is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import harness

    return harness


class Pipe:
    """Gives orders and notes the answers."""

    def __init__(self, *orders: bool) -> None:
        self.orders, self.answers = list(orders), []

    def recv(self) -> bool:
        return self.orders.pop(0)

    def send(self, answer: object) -> None:
        self.answers.append(answer)


def test_repeated_work_is_done_once_untimed_and_then_timed_each_time(harness: ModuleType) -> None:
    turns, pipe = [], Pipe(True, False)
    work = harness.Work(lambda: turns.append(1), lambda: len(turns), repeats=3)
    harness._serve(lambda: work, pipe)
    seconds, result = pipe.answers
    assert len(seconds) == 3
    assert all(0 <= s < 1 for s in seconds)
    assert result == 4


def test_work_that_is_done_once_a_turn_is_always_timed(harness: ModuleType) -> None:
    turns, pipe = [], Pipe(True, True, False)
    harness._serve(lambda: harness.Work(lambda: turns.append(1)), pipe)
    assert [len(seconds) for seconds in pipe.answers[:2]] == [1, 1]
    assert len(turns) == 2


def test_few_times_show_their_ends_and_the_ratio_of_medians(harness: ModuleType) -> None:
    seconds = {"homespun": [3.0, 2.0, 1.0], "other": [9.0, 5.0, 4.0]}
    shown = harness.Comparison("title", seconds, "homespun", ["A note."]).to_markdown()
    assert "| | median | fastest | slowest | homespun is |" in shown
    assert "| homespun | 2.0000 | 1.0000 | 3.0000 |  |" in shown
    assert "| other | 5.0000 | 4.0000 | 9.0000 | 2.50 times as fast |" in shown
    assert shown.endswith("\nA note.\n")


def test_many_times_show_what_99_of_100_stay_below(harness: ModuleType) -> None:
    """Of 1, 2, ... 100 ms the place 0.99 * 101 = 99.99 is asked for."""
    seconds = {"homespun": [i / 1000 for i in range(1, 101)]}
    shown = harness.Comparison("title", seconds, "homespun", unit="ms").to_markdown()
    assert "| | median | 99th percentile | fastest | homespun is |" in shown
    assert "| homespun | 50.500 | 99.990 | 1.000 |  |" in shown


def test_the_smallest_median_is_the_fastest_among_those_asked_for(harness: ModuleType) -> None:
    seconds = {"a": [1.0], "b": [2.0, 2.0, 9.0], "c": [0.5, 3.0, 3.0]}
    assert harness.fastest(seconds, ["b", "c"]) == "b"


def test_every_comparison_is_described() -> None:
    names = re.findall(r'^    "(\w+)": \[', (ROOT / "benchmarks/run.py").read_text(), re.MULTILINE)
    described = (ROOT / "docs/performance.md").read_text()
    assert {"conv", "predict", "growth", "equality"} <= set(names)
    assert [name for name in names if f"`{name}`" not in described] == []


@pytest.mark.skipif(not BENCH_PYTHON.exists(), reason="needs PyTorch: make bench sets it up")
def test_layers_losses_and_updates_equal_those_of_pytorch() -> None:
    command = [BENCH_PYTHON, ROOT / "benchmarks" / "equality.py"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"over 1e-05: 0 of [1-9]\d", done.stdout)
