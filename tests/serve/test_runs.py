"""Runs as the API shows them: ended ones, killed ones, and one that is training."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from homespun.runs.folder import RunFolder, Settings
from homespun.serve.events import Followers, follow
from homespun.serve.life import Life
from homespun.serve.run_state import RunReader
from homespun.training import EpochRecord, history_to_csv

ABOUT = {"data": {}, "made_with": {}}
BEGUN = 1_000_000.0


def row(epoch: int) -> EpochRecord:
    return EpochRecord(epoch, 0.1, 1 / epoch, 0.5, 0.0, 2 / epoch, None)


def write_epochs(run: RunFolder, n: int, at: float) -> None:
    run.metrics.write_text(history_to_csv([row(epoch) for epoch in range(1, n + 1)]))
    os.utime(run.metrics, (at, at))


def begin(runs: Path, name: str, epochs: int = 10, at: float = BEGUN, **settings: Any) -> RunFolder:
    run = RunFolder(runs / name)
    run.path.mkdir(parents=True)
    run.write_record(Settings("mlp", 0, epochs, 50, **settings), ABOUT)
    os.utime(run.record, (at, at))
    return run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "my runs"


def test_without_a_folder_of_runs_there_are_none(client: Any) -> None:
    for path in ("/api/runs", "/api/runs/a", "/api/runs/a/events", "/runs/a/report.html"):
        assert client.problem(404, client.get(path)) in ("runs-off", "unknown-run")


def test_runs_are_listed_the_latest_first_and_damaged_ones_left_out(
    serving: Any, runs: Path
) -> None:
    begin(runs, "first")
    begin(runs, "second run", at=BEGUN + 5)
    begin(runs, "bad").record.write_text("{")
    (runs / "no run").mkdir()
    client = serving(runs=runs)
    listed = client.get("/api/runs").json()
    assert [run["name"] for run in listed] == ["second run", "first"]
    assert listed[1] == {
        "name": "first",
        "recipe": "mlp",
        "epochs": 10,
        "epochs_done": 0,
        "is_training": False,
        "seconds_left": None,
        "accuracy": None,
        "report": None,
    }
    assert client.get("/api/runs/second%20run").json()["name"] == "second run"
    assert client.problem(404, client.get("/api/runs/bad")) == "unknown-run"


def test_a_run_is_told_with_its_epochs_and_without_places_on_the_disk(
    serving: Any, runs: Path
) -> None:
    run = begin(runs, "own", folder="/home/me/my pictures", image_size=12)
    write_epochs(run, 2, BEGUN + 20)
    response = serving(runs=runs).get("/api/runs/own")
    told = response.json()
    assert told["settings"]["folder"] == "my pictures"
    assert "/home/me" not in response.text
    assert [one["epoch"] for one in told["metrics"]] == [1, 2]
    assert told["metrics"][1]["loss"] == 0.5
    assert told["metrics"][1]["validation_accuracy"] is None
    assert told["epochs_done"] == 2
    assert told["result"] is None


@pytest.mark.parametrize(
    "name", ["nothing", "..", "%2e%2e", "..%2Ffirst", "first%2F..", "first%00", ".", "%20"]
)
def test_no_name_leads_out_of_the_folder(serving: Any, runs: Path, name: str) -> None:
    begin(runs, "first")
    begin(runs.parent, "secret")
    client = serving(runs=runs)
    for path in (f"/api/runs/{name}", f"/api/runs/{name}/events", f"/runs/{name}/report.html"):
        response = client.get(path)
        if response.status_code != 200:
            assert client.problem(404, response) in ("unknown-run", "not-found")
        else:
            assert name == "."  # which the client itself takes out of the address


def test_a_report_works_in_its_page_and_brings_its_own_policy(serving: Any, runs: Path) -> None:
    run = begin(runs, "a b")
    client = serving(runs=runs)
    assert client.problem(404, client.get("/runs/a%20b/report.html")) == "no-report"
    run.report.write_text("<!doctype html><title>é</title>", "utf-8")
    address = client.get("/api/runs/a%20b").json()["report"]
    assert address == "/runs/a%20b/report.html"
    response = client.get(address)
    assert response.text == "<!doctype html><title>é</title>"
    assert response.headers["content-type"].startswith("text/html")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "style-src 'unsafe-inline'" in policy


def test_the_time_left_is_told_by_the_epochs_so_far(runs: Path) -> None:
    run = begin(runs, "run", epochs=10)
    now = BEGUN + 44
    reader = RunReader(runs, lambda: now)
    assert reader.read("run").seconds_left is None
    with run.lock:
        assert reader.read("run").is_training
        assert reader.read("run").seconds_left is None  # nobody can say yet
        write_epochs(run, 2, BEGUN + 40)
        assert reader.read("run").seconds_left == 20 * 8 - 4
        write_epochs(run, 10, BEGUN + 44)
        assert reader.read("run").seconds_left == 0
    assert not reader.read("run").is_training


def test_epochs_from_before_a_run_went_on_do_not_count(runs: Path) -> None:
    run = begin(runs, "run", epochs=10)
    write_epochs(run, 5, BEGUN)
    reader = RunReader(runs, lambda: BEGUN + 30)
    with run.lock:
        reader.read("run")
        write_epochs(run, 6, BEGUN + 30)
        assert reader.read("run").seconds_left == 30 * 4


def parsed(stream: bytes) -> list[tuple[str, Any, str]]:
    events = []
    for block in stream.decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line[0] != ":")
        if fields:
            events.append((fields["event"], json.loads(fields["data"]), fields.get("id", "")))
    return events


def test_a_run_that_is_not_trained_is_told_once(serving: Any, runs: Path) -> None:
    write_epochs(begin(runs, "run"), 3, BEGUN)
    client = serving(runs=runs)
    response = client.get("/api/runs/run/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    events = parsed(response.content)
    assert [kind for kind, _, _ in events] == ["epoch"] * 3 + ["state"]
    assert [number for _, _, number in events] == ["1", "2", "3", ""]
    assert events[3][1]["is_training"] is False
    again = client.get("/api/runs/run/events", headers={"Last-Event-ID": "2"})
    assert [data.get("epoch") for _, data, _ in parsed(again.content)] == [3, None]


def test_each_epoch_is_told_as_it_ends_until_the_training_does(runs: Path) -> None:
    run = begin(runs, "run")
    reader = RunReader(runs)

    async def read() -> Any:
        return reader.read("run")

    async def watch() -> list[tuple[str, Any, str]]:
        events = []
        with run.lock:
            stream = follow(reader.read("run"), read, Life(), seen=0, every=0.001)
            events += parsed(await anext(stream))
            for epoch in (1, 2):
                write_epochs(run, epoch, BEGUN + epoch)
                events += parsed(await anext(stream))
                events += parsed(await anext(stream))
        async for event in stream:
            events += parsed(event)
        return events

    events = asyncio.run(watch())
    told = [(kind, data.get("epoch", data.get("is_training"))) for kind, data, _ in events]
    assert told == [
        ("state", True), ("epoch", 1), ("state", True), ("epoch", 2), ("state", True),
        ("state", False),
    ]  # fmt: skip


def test_a_stream_ends_with_the_server_and_says_now_and_then_that_it_lives(runs: Path) -> None:
    run = begin(runs, "run")
    reader, life = RunReader(runs), Life()

    async def read() -> Any:
        return reader.read("run")

    async def watch() -> list[bytes]:
        with run.lock:
            stream = follow(reader.read("run"), read, life, seen=0, every=0.0001)
            found = [await anext(stream), await anext(stream)]
            life.end()
            return found + [event async for event in stream]

    first, still, *others = asyncio.run(watch())
    assert first.startswith(b"event: state")
    assert still == b": still training\n\n"
    assert others == []


def test_only_so_many_may_follow_at_one_time() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b""

    async def count() -> None:
        followers = Followers(1)
        assert followers.has_room
        stream = followers.count(endless())
        await anext(stream)
        assert not followers.has_room
        await stream.aclose()
        assert followers.has_room

    asyncio.run(count())
