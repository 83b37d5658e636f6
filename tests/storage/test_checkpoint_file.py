from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import DivergedError, FileError, ModelFileError
from homespun.nn import BatchNorm, Chain, Dense, Flatten
from homespun.optim import SGD, AdamW, Constant, ExponentialMovingAverage
from homespun.storage import load_checkpoint, save_checkpoint
from homespun.storage.checkpoint_file import _digest
from homespun.training import Callback, Plan, Progress, TrainingState, begin, train


def made_data() -> Dataset:
    images = np.random.default_rng(1).integers(0, 256, (40, 3, 3, 1), dtype=np.uint8)
    return Dataset(images, np.arange(40) % 2, ("a", "b"))


PLAN = Plan(
    Chain(Flatten(), Dense(4), BatchNorm(), Dense(2)),
    AdamW(),
    Constant(0.01),
    epochs=3,
    average=ExponentialMovingAverage(0.9),
    batch_size=16,
)
DATA = made_data()


class StopIn(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_step_end(self, progress: Progress) -> None:
        if progress.epoch == self.epoch and progress.n_seen == 32:
            progress.stop("enough")


def stopped_in(epoch: int, plan: Plan = PLAN) -> TrainingState:
    state = begin(plan, DATA)
    train(plan, DATA, DATA, state=state, callbacks=[StopIn(epoch)])
    return state


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint"


@pytest.fixture
def good(path: Path) -> bytes:
    save_checkpoint(stopped_in(2), path)
    return path.read_bytes()


@pytest.mark.parametrize("epoch", [1, 2])
@pytest.mark.parametrize("average", [ExponentialMovingAverage(0.9), None])
def test_a_state_comes_back_bit_for_bit(
    path: Path, epoch: int, average: ExponentialMovingAverage | None
) -> None:
    plan = dataclasses.replace(PLAN, average=average)
    state, other = stopped_in(epoch, plan), begin(plan, DATA)
    save_checkpoint(state, path)
    load_checkpoint(path, other)
    ours, theirs = state.weights, other.weights
    assert ours.parameters.weight_hash() == theirs.parameters.weight_hash()
    assert ours.parameters.running.any()
    for name, vector in ours.memory.items():
        assert vector.any()
        np.testing.assert_array_equal(theirs.memory[name], vector)
    np.testing.assert_array_equal(theirs.average, ours.average)
    assert (theirs.average is theirs.parameters.vector) == (average is None)
    assert theirs.step == ours.step == 3 * (epoch - 1) + 2
    # why it ended is no part of where it stands, and what it confused is for those who look on
    shown = dataclasses.replace(state.progress, stopped=None, confused=None)
    assert other.progress == shown
    assert other.best.record == state.best.record
    if epoch == 1:
        assert other.best.parameters is None
    else:
        assert state.best.parameters is not None
        assert other.best_parameters().weight_hash() == state.best.parameters.weight_hash()


def test_a_run_that_is_read_back_ends_as_the_unbroken_one(path: Path) -> None:
    unbroken = train(PLAN, DATA, DATA)
    save_checkpoint(stopped_in(2), path)
    state = begin(PLAN, DATA)
    load_checkpoint(path, state)
    result = train(PLAN, DATA, DATA, state=state)
    assert result.parameters.weight_hash() == unbroken.parameters.weight_hash()
    assert result.history == unbroken.history


@pytest.mark.parametrize("place", ["weights", "running", "memory", "average"])
def test_what_is_not_finite_is_never_saved(path: Path, good: bytes, place: str) -> None:
    state = stopped_in(2)
    weights = state.weights
    vectors = {
        "weights": weights.parameters.vector,
        "running": weights.parameters.running,
        "memory": next(iter(weights.memory.values())),
        "average": weights.average,
    }
    vectors[place][-1] = np.nan
    with pytest.raises(DivergedError, match=rf"step 5 {place}.* no checkpoint is written"):
        save_checkpoint(state, path)
    assert path.read_bytes() == good


def refused(path: Path, content: bytes, plan: Plan = PLAN) -> str:
    """The one line that reading ends in; the state must be as it was."""
    state = begin(plan, DATA)
    before = state.weights.parameters.weight_hash()
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="is not a sound checkpoint") as caught:
        load_checkpoint(path, state)
    assert state.weights.parameters.weight_hash() == before
    assert (state.weights.step, state.progress.epoch, state.progress.history) == (0, 0, [])
    return str(caught.value)


def test_every_cut_is_noticed(path: Path, good: bytes) -> None:
    for length in range(0, len(good), 7):
        refused(path, good[:length])
    refused(path, good + b"\0")


def test_every_flipped_byte_is_noticed(path: Path, good: bytes) -> None:
    for i in range(0, len(good), 5):
        if good[i : i + 1] != b" ":  # the header ends in padding that says nothing
            refused(path, good[:i] + bytes([good[i] ^ 4]) + good[i + 1 :])


def test_vectors_that_changed_their_names_are_noticed(path: Path, good: bytes) -> None:
    """Adam's two averages are of one length, and one in place of the other would train on."""
    names = [f'"memory.{name}"'.encode() for name in ("mean", "square")]
    assert [good.count(name) for name in names] == [1, 1]
    swapped = good.replace(names[0], b'"memory.?"').replace(names[1], names[0])
    path.write_bytes(swapped.replace(b'"memory.?"', names[1]))
    with pytest.raises(ModelFileError, match="it is not what was saved"):
        load_checkpoint(path, begin(PLAN, DATA))


def test_the_checkpoint_of_another_network_or_optimizer_is_refused(path: Path, good: bytes) -> None:
    wider = dataclasses.replace(PLAN, network=Chain(Flatten(), Dense(5), BatchNorm(), Dense(2)))
    assert "numbers instead of" in refused(path, good, wider)
    other = dataclasses.replace(PLAN, optimizer=SGD())
    assert "differs in these vectors" in refused(path, good, other)
    assert "average" in refused(path, good, dataclasses.replace(PLAN, average=None))


def test_a_newer_format_says_what_may_help(
    path: Path, good: bytes, open_up: Callable[[bytes], Any]
) -> None:
    opened = open_up(good)
    opened.about["format"] = 2
    assert "a newer one may read it" in refused(path, opened.closed())


@pytest.mark.parametrize(
    "change",
    [
        {"position.epoch": 5},
        {"position.epoch": 0},
        {"position.n_seen": 41},
        {"position.n_seen": -1},
        {"position.loss_sum": "1"},
        {"history": [1]},
        {"history": [{"epoch": 1}]},
        {"history.0.loss": "low"},
        {"history.0.validation_loss": [1]},
        {"best.epoch": "first"},
        {"best.epoch": 0},
        {"best.epoch": 3},
        {"best": {}},
        {"step": "two"},
    ],
    ids=repr,
)
def test_a_forged_position_is_refused(
    path: Path, good: bytes, open_up: Callable[[bytes], Any], change: dict[str, Any]
) -> None:
    """With a digest that fits, as only a person would forge it."""
    opened = open_up(good)
    for place, value in change.items():
        *parents, last = place.split(".")
        target = opened.about
        for parent in parents:
            target = target[int(parent)] if isinstance(target, list) else target[parent]
        target[last] = value
    stated = {name: value for name, value in opened.about.items() if name != "sha256"}
    arrays = {
        name: np.frombuffer(opened.numbers[slice(*entry["data_offsets"])], np.float32)
        for name, entry in opened.header.items()
        if name != "__metadata__"
    }
    opened.about["sha256"] = _digest(stated, arrays)
    refused(path, opened.closed())


def test_a_full_disk_leaves_the_checkpoint_before(
    path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="cannot be written"):
        save_checkpoint(stopped_in(1), path)
    assert path.read_bytes() == good


def test_a_missing_file_is_a_file_error(path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        load_checkpoint(path, begin(PLAN, DATA))


def test_there_is_no_limit_of_epochs(path: Path) -> None:
    """A history of 8,000 epochs takes more than the header of a model file may."""
    state = stopped_in(2)
    state.progress.history *= 8_000
    state.progress.epoch = 8_000
    save_checkpoint(state, path)
    assert len(json.dumps([dataclasses.asdict(r) for r in state.progress.history])) > 2**20
    other = begin(PLAN, DATA)
    load_checkpoint(path, other)
    assert other.progress.history == state.progress.history
