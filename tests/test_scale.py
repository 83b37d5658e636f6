"""What `make scale` computes, how it puts its page together, and a moment of a measured epoch."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def benchmark_module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """(name) -> that module of the benchmarks."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module


def test_communication_is_bytes_over_bandwidth_and_messages_times_latency(
    benchmark_module: Any,
) -> None:
    """Eight nodes send 2 * 7/8 of 100 kB, at 100 MB/s 1.75 ms; 14 + 4 * 3 messages of 50 µs."""
    network = benchmark_module("scale_network")
    slow = network.Network("slow", 1e8, 50e-6)
    assert network.bytes_a_step(100_000, 8) == 175_000
    assert network.messages_a_step(8) == 26
    assert network.seconds_a_step(slow, 100_000, 8) == pytest.approx(1.75e-3 + 1.3e-3)
    shown = network.table([network.Job("fast", 100_000, 5e-3)])
    assert "| fast | 8 | 175 kB | 5.0 ms |" in shown
    assert "| fast | 64 | 197 kB | 5.0 ms |" in shown


def figures(ranks: int, seconds: float, weight_hash: str = "a") -> dict[str, Any]:
    return {
        "ranks": ranks,
        "seconds": seconds,
        "steps": 100,
        "training_seconds": seconds / 2,
        "exchange_seconds": 0.1,
        "meeting_seconds": 0.2,
        "bytes_sent": 5_000_000,
        "weight_hash": weight_hash,
        "shards": 4,
        "weights": 25_000,
    }


def test_efficiency_is_the_time_on_one_over_twice_that_on_two(benchmark_module: Any) -> None:
    training = benchmark_module("scale_training")
    found = {1: [figures(1, 10.0)] * 2, 2: [figures(2, 6.0), figures(2, 6.5)]}
    _, two = training.lines("fast", found)
    assert two.startswith("| fast | 2 | 6.2 s | 6.0 to 6.5 s | 80% | 31.25 ms | 1.00 ms | 2.00 ms ")
    assert two.endswith("| 50 kB |")
    job = training.job("fast", found[1])
    assert (job.vector_bytes, job.shard_seconds) == (100_000, pytest.approx(0.0125))
    assert "were\nthe same, bit" in training.section({"fast": found}, None, "")
    other = {1: [figures(1, 10.0)], 2: [figures(2, 6.0, "b")]}
    assert "were\nNOT the same, bit" in training.section({"fast": other}, None, "")


def test_the_docs_have_a_place_for_the_table(benchmark_module: Any) -> None:
    training = benchmark_module("scale_training")
    text = training.DOCS.read_text()
    written = training.put_between(text, "a table")
    assert f"{training.BEGIN}\n\na table\n\n{training.END}" in written
    assert training.put_between(written, "a table") == written
    assert written.split(training.BEGIN)[0] == text.split(training.BEGIN)[0]
    assert written.split(training.END)[1] == text.split(training.END)[1]


def test_the_page_keeps_what_was_measured_before(benchmark_module: Any, tmp_path: Path) -> None:
    scale = benchmark_module("scale")
    (tmp_path / "tune.md").write_text("## Search\n")
    (tmp_path / "training.md").write_text("## Training\n")
    page = scale.page(tmp_path)
    assert page.startswith("# Beyond one process")
    assert page.index("## Training") < page.index("## Search")


def test_a_part_that_is_not_there_is_refused() -> None:
    command = [sys.executable, BENCHMARKS / "scale.py", "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "no part is called nonsense; there are training, " in done.stderr


def test_ranks_measure_their_epoch(benchmark_module: Any) -> None:
    """Of 160 pictures 40 are held out; 120 are one step, of four shards."""
    training = benchmark_module("scale_training")
    alone, two = (training.one_epoch(n, "fast", 160) for n in (1, 2))
    assert json.loads(json.dumps(two)).keys() == figures(2, 1.0).keys()
    assert (alone["ranks"], two["ranks"], two["steps"], two["shards"]) == (1, 2, 1, 4)
    assert alone["weight_hash"] == two["weight_hash"]
    assert two["bytes_sent"] == 4 * two["weights"], "half of its sum, and half of the whole sum"
    assert 0 < two["exchange_seconds"] + two["meeting_seconds"] < two["training_seconds"]
    assert alone["bytes_sent"] == alone["exchange_seconds"] == 0
