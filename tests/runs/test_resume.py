"""Runs that are interrupted, killed, or wanted by two processes at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import DivergedError, FileError
from homespun.files import Lock
from homespun.models import RECIPES, Recipe
from homespun.nn import BatchNorm, Chain, Dense, Dropout, Flatten, ReLU
from homespun.optim import AdamW, ExponentialMovingAverage, OneCycle
from homespun.runs import RunFolder, Settings, has_ended, unfinished_run
from homespun.runs.execute import execute, prepare
from homespun.training import Callback, Plan, Progress

SETTINGS = Settings(recipe="small", seed=7, epochs=3, validation=40)

Run = Callable[..., Mapping[str, Any]]


def small(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    return Plan(
        network=Chain(Flatten(), Dense(8), BatchNorm(), ReLU(), Dropout(0.1), Dense(n_classes)),
        optimizer=AdamW(),
        schedule=OneCycle(0.01, total_steps),
        average=ExponentialMovingAverage(0.9),
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
    )


@pytest.fixture(autouse=True)
def _small_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = Recipe("small", "for tests", epochs=3, batch_size=64, build=small)
    monkeypatch.setitem(RECIPES, "small", recipe)


@pytest.fixture
def run(tmp_path: Path, training_file: Dataset, test_file: Dataset) -> Run:
    """(name, anything of execute) -> the record of the run in the folder `name`."""

    def do_run(name: str, **others: Any) -> Mapping[str, Any]:
        arguments = {
            "settings": SETTINGS,
            "training_file": training_file,
            "test": test_file,
            "checkpoint_every": 0.0,
        }
        return execute(RunFolder(tmp_path / name), **arguments | others)

    return do_run


class EndIn(Callback):
    """Stops, or is killed as far as Python can be, in the middle of an epoch."""

    def __init__(self, epoch: int, error: BaseException | None = None) -> None:
        self.epoch = epoch
        self.error = error

    def on_step_end(self, progress: Progress) -> None:
        if progress.epoch == self.epoch and progress.n_seen == 128:
            if self.error is not None:
                raise self.error
            progress.stop("enough")


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("metrics.csv", "model.safetensors")}


@pytest.mark.parametrize("epoch", [1, 2, 3])
@pytest.mark.parametrize("error", [None, KeyboardInterrupt(), FileError("disk", "is gone")])
def test_an_interrupted_run_goes_on_to_the_end_of_the_unbroken_one(
    run: Run, tmp_path: Path, epoch: int, error: BaseException | None
) -> None:
    unbroken = run("unbroken")
    if error is None:
        early = run("broken", callbacks=[EndIn(epoch)])
        assert early["result"]["stopped"] == "enough"
        assert not has_ended(early)
    else:
        with pytest.raises(type(error)):
            run("broken", callbacks=[EndIn(epoch, error)])
    assert (tmp_path / "broken" / "checkpoint").is_dir()
    lines: list[str] = []
    record = run("broken", say=lines.append, threads=3)
    step = 6 * (epoch - 1) + (2 if error is None else 1)
    assert lines == [f"going on after step {step}, in epoch {epoch}"]
    assert record["result"]["weight_hash"] == unbroken["result"]["weight_hash"]
    assert files(tmp_path / "broken") == files(tmp_path / "unbroken")
    assert has_ended(record)
    assert sorted(os.listdir(tmp_path / "broken")) == [
        "metrics.csv", "model.safetensors", "run.json"
    ]  # fmt: skip


def test_a_run_that_has_ended_is_left_alone(run: Run, tmp_path: Path) -> None:
    record = run("one")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "one").iterdir()}
    (tmp_path / "one" / "checkpoint").mkdir()  # it was killed while it removed them
    assert run("one") == record
    assert before == {file: file.stat().st_mtime_ns for file in (tmp_path / "one").iterdir()}


def test_a_run_does_not_go_on_with_other_pictures(
    run: Run, tmp_path: Path, training_file: Dataset
) -> None:
    run("one", callbacks=[EndIn(2)])
    before = (tmp_path / "one" / "run.json").read_bytes()
    images = training_file.images.copy()
    images[0, 0, 0, 0] ^= 1
    other = Dataset(images, training_file.labels, training_file.class_names)
    with pytest.raises(FileError, match="one: holds a run on other pictures"):
        run("one", training_file=other)
    assert (tmp_path / "one" / "run.json").read_bytes() == before


def test_other_versions_are_told_and_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("one", callbacks=[EndIn(1)])
    monkeypatch.setattr(np, "__version__", "99.0")
    lines: list[str] = []
    again = run("one", callbacks=[EndIn(2)], say=lines.append)
    assert "the last bits may differ" in lines[0]
    assert "is 99.0" in lines[0]
    assert [made["numpy"] for made in again["went_on_with"]] == ["99.0"]
    assert again["made_with"]["numpy"] != "99.0"
    lines.clear()
    last = run("one", say=lines.append)
    assert len(lines) == 1, "the same versions as last time"
    assert last["went_on_with"] == again["went_on_with"]


def test_a_run_that_another_process_writes_is_refused(run: Run, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "one")
    folder.path.mkdir()
    with folder.lock:
        for attempt in (lambda: run("one"), lambda: prepare(folder, SETTINGS)):
            with pytest.raises(FileError, match=f"is being written by process {os.getpid()} on"):
                attempt()
    assert has_ended(run("one"))


def test_a_run_killed_in_its_first_moment_can_be_begun_again(run: Run, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "one")
    folder.path.mkdir()
    folder.lock.path.write_text("process 1 on a machine")
    (folder.path / ".run.json.01234567.part").write_text("{")
    assert prepare(folder, SETTINGS) is None
    run("one")
    assert not list(folder.path.glob(".*"))


def test_divergence_leaves_the_last_good_checkpoint_and_says_so(run: Run, tmp_path: Path) -> None:
    class PoisonIn2(Callback):
        def on_step_end(self, progress: Progress) -> None:
            if progress.epoch == 2:
                raise DivergedError("the loss is nan")

    with pytest.raises(DivergedError) as caught:
        run("one", callbacks=[PoisonIn2()])
    latest = tmp_path / "one" / "checkpoint" / "step-000000006.safetensors"
    assert latest.exists()
    assert str(caught.value) == (
        f"the loss is nan ({latest} stands; the same run would end here again, another --seed or "
        "--recipe may not)"
    )
    assert has_ended(run("one"))


def test_the_unfinished_run_of_the_same_settings_is_found(run: Run, tmp_path: Path) -> None:
    assert unfinished_run(tmp_path, SETTINGS) is None
    run("small-1")
    assert unfinished_run(tmp_path, SETTINGS) is None
    run("small-2", callbacks=[EndIn(1)])
    other = Settings("small", seed=8, epochs=3, validation=40)
    run("small-3", settings=other, callbacks=[EndIn(1)])
    (tmp_path / "small-4").mkdir()
    (tmp_path / "small-4" / "run.json").write_text("{")
    assert unfinished_run(tmp_path, SETTINGS) == RunFolder(tmp_path / "small-2")
    assert unfinished_run(tmp_path, other) == RunFolder(tmp_path / "small-3")
    with Lock(tmp_path / "small-2" / "lock"):
        assert unfinished_run(tmp_path, SETTINGS) is None
