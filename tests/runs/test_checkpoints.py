from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import DivergedError, FileError, ModelFileError
from homespun.nn import Chain, Dense, Flatten
from homespun.optim import SGD, Constant
from homespun.runs.checkpoints import Checkpoints, KeepCheckpoints
from homespun.training import Plan, Progress, TrainingState, begin

PLAN = Plan(Chain(Flatten(), Dense(2)), SGD(), Constant(0.1), epochs=9)
DATA = Dataset(np.zeros((10, 2, 2, 1), np.uint8), np.arange(10) % 2, ("a", "b"))


def no_talk(line: str) -> None:
    raise AssertionError(line)


@pytest.fixture
def state() -> TrainingState:
    return begin(PLAN, DATA)


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path / "checkpoint")


def test_the_last_two_are_kept(checkpoints: Checkpoints, state: TrainingState) -> None:
    for step in (9, 99, 100, 1_000_000):
        state.weights.step = step
        checkpoints.save(state)
    names = [path.name for path in checkpoints.paths()]
    assert names == ["step-001000000.safetensors", "step-000000100.safetensors"]
    other = begin(PLAN, DATA)
    assert checkpoints.restore(other, no_talk)
    assert other.weights.step == 1_000_000
    checkpoints.remove()
    assert not checkpoints.folder.exists()
    assert not checkpoints.restore(other, no_talk)


def test_a_damaged_one_is_passed_over_for_the_older(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    for step in (1, 2):
        state.weights.step = step
        checkpoints.save(state)
    latest, older = checkpoints.paths()
    latest.write_bytes(latest.read_bytes()[:-1])
    lines: list[str] = []
    other = begin(PLAN, DATA)
    assert checkpoints.restore(other, lines.append)
    assert other.weights.step == 1
    assert len(lines) == 1
    assert f"{latest}: is not a sound checkpoint" in lines[0]
    assert checkpoints.paths() == [older], (
        "one of no use must not push out those of the run that goes on"
    )
    assert latest.with_suffix(".damaged").exists()


def test_where_none_is_of_use_nothing_is_begun_anew_unasked(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    """As after an upgrade that changed the recipe: what was trained is worth an older homespun."""
    for step in (1, 2):
        state.weights.step = step
        checkpoints.save(state)
    before = {path: path.read_bytes() for path in checkpoints.paths()}
    wider = dataclasses.replace(PLAN, network=Chain(Flatten(), Dense(3), Dense(2)))
    lines: list[str] = []
    for _ in range(2):
        with pytest.raises(ModelFileError, match=r"checkpoint: holds nothing .* begin anew"):
            checkpoints.restore(begin(wider, DATA), lines.append)
    assert len(lines) == 4
    assert all("is not a sound checkpoint: weights has" in line for line in lines)
    assert {path: path.read_bytes() for path in checkpoints.paths()} == before


def test_what_a_killed_process_left_is_removed(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    checkpoints.save(state)
    part = checkpoints.folder / ".step-000000001.safetensors.0a1b2c3d.part"
    part.write_bytes(b"half")
    assert checkpoints.restore(state, no_talk)
    assert not part.exists()


def test_a_state_of_no_use_leaves_the_good_ones(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    for step in (1, 2):
        state.weights.step = step
        checkpoints.save(state)
    before = checkpoints.paths()
    state.weights.step = 3
    state.weights.parameters.vector[0] = np.nan
    with pytest.raises(DivergedError):
        checkpoints.save(state)
    assert checkpoints.paths() == before


def test_a_folder_that_cannot_be_made_is_one_error(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    checkpoints.folder.write_text("a file where a folder is needed")
    with pytest.raises(FileError, match="checkpoint: cannot be made"):
        checkpoints.save(state)


class Clock:
    """A clock on which each save takes `cost` seconds."""

    def __init__(self, cost: float) -> None:
        self.cost = cost
        self.now = 0.0

    def __call__(self) -> float:
        self.now += self.cost
        return self.now


def saves(keep: KeepCheckpoints, checkpoints: Checkpoints, seconds: list[float]) -> list[float]:
    """Train on paper: a step each of these moments; return when a checkpoint was written."""
    written = []
    progress = Progress(PLAN, len(DATA))
    keep.on_train_begin(progress)
    for step, now in enumerate(seconds, 1):
        progress.seconds = now
        keep._state.weights.step = step
        keep.on_step_end(progress)
        if any(path.name == f"step-{step:09}.safetensors" for path in checkpoints.paths()):
            written.append(now)
    return written


def test_without_a_wish_one_is_written_each_30_seconds(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    keep = KeepCheckpoints(checkpoints, state, clock=Clock(0.01))
    moments = saves(keep, checkpoints, [float(now) for now in range(1, 100)])
    assert moments == [30.0, 60.0, 90.0]


def test_checkpoints_take_no_more_than_a_hundredth_of_the_time(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    """The first is thought cheap and takes 2 s; by 400 s both may have taken 4 s, by 600 s 6 s."""
    keep = KeepCheckpoints(checkpoints, state, clock=Clock(2.0))
    moments = saves(keep, checkpoints, [float(now) for now in range(1, 700)])
    assert moments == [30.0, 400.0, 600.0]
    assert keep.cost == 6.0


def test_the_time_before_an_interruption_pays_for_no_checkpoint(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    keep = KeepCheckpoints(checkpoints, state, clock=Clock(2.0))
    progress = Progress(PLAN, len(DATA), seconds=1000.0)
    keep.on_train_begin(progress)
    progress.seconds = 1060.0
    keep.on_step_end(progress)
    assert keep.n_written == 1, "it is thought cheap until it is known"
    progress.seconds = 1200.0
    keep.on_step_end(progress)
    assert keep.n_written == 1, "4 s would be more than a hundredth of 200 s"


def test_with_a_wish_the_cost_does_not_matter(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    keep = KeepCheckpoints(checkpoints, state, every=5.0, clock=Clock(100.0))
    assert saves(keep, checkpoints, [1.0, 5.0, 9.9, 10.0]) == [5.0, 10.0]
    checkpoints.remove()
    keep = KeepCheckpoints(checkpoints, state, every=0.0, clock=Clock(100.0))
    assert saves(keep, checkpoints, [0.1, 0.2]) == [0.1, 0.2]


def test_one_that_finds_no_room_is_told_of_once_and_ends_nothing(
    checkpoints: Checkpoints, state: TrainingState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    lines: list[str] = []
    keep = KeepCheckpoints(checkpoints, state, every=0.0, say=lines.append)
    with monkeypatch.context() as patch:
        assert saves(keep, checkpoints, [0.1]) == [0.1]
        patch.setattr(os, "fsync", full_disk)
        assert saves(keep, checkpoints, [1.0, 2.0, 3.0]) == [1.0], "that of before is there"
    assert keep.n_written == 1
    assert len(lines) == 1
    assert lines[0].startswith("no checkpoint after step 1: ")
    assert "No space left" in lines[0]
    assert saves(keep, checkpoints, [4.0, 5.0]) == [4.0, 5.0]
    assert (keep.n_written, len(lines)) == (3, 1)


def test_one_is_written_after_an_epoch_and_when_the_run_is_stopped(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    keep = KeepCheckpoints(checkpoints, state, clock=Clock(0.01))
    progress = Progress(PLAN, len(DATA))
    keep.on_train_begin(progress)
    keep.on_epoch_end(progress)
    assert checkpoints.paths() == [], "at the very start it would be more than a hundredth"
    progress.seconds = 5.0
    keep.on_epoch_end(progress)
    assert len(checkpoints.paths()) == 1
    progress.stop("enough")
    state.weights.step = 7
    keep.on_step_end(progress)
    assert checkpoints.paths()[0].name == "step-000000007.safetensors"


def test_one_is_written_where_the_run_is_stopped_after_this_callback_was_told(
    checkpoints: Checkpoints, state: TrainingState
) -> None:
    """By a callback that came later, or by another rank; the end of a run needs none."""
    keep = KeepCheckpoints(checkpoints, state, clock=Clock(0.01))
    progress = Progress(PLAN, len(DATA))
    keep.on_train_begin(progress)
    keep.on_train_end(progress)
    assert checkpoints.paths() == []
    state.weights.step = 7
    keep.on_step_end(progress)
    progress.stop("another rank wants to end")
    keep.on_train_end(progress)
    assert [path.name for path in checkpoints.paths()] == ["step-000000007.safetensors"]
    keep.on_train_end(progress)
    assert keep.n_written == 1, "once is enough"
    progress.finished = True
    state.weights.step = 8
    keep.on_train_end(progress)
    assert keep.n_written == 1, "a run that has ended keeps none"
