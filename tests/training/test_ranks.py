"""What training does with ranks, on one process that plays several; `tests/mpi` has real ones."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import SettingError
from homespun.nn import Chain, Dense, Flatten, Parameters
from homespun.optim import SGD, Constant
from homespun.training import ALONE, Callback, Plan, Progress, available_threads, train
from homespun.training.ranks import Alone, check_same
from homespun.types import Array

PLAN = Plan(Chain(Flatten(), Dense(2)), SGD(), Constant(0.1), epochs=3, batch_size=10)
DATA = Dataset(np.zeros((40, 2, 2, 1), np.uint8), np.arange(40) % 2, ("a", "b"))


class WithAnother(Alone):
    """The first of two ranks; the other one only says what it is told to."""

    size = 2

    def __init__(self, wish_at: int = -1, row: Array | None = None) -> None:
        self.wish_at, self.row = wish_at, row
        self.wishes: list[str | None] = []

    def agree(self, wish: str | None) -> str | None:
        self.wishes.append(wish)
        return "the other wants to end" if len(self.wishes) == self.wish_at else wish

    def gather(self, piece: Array) -> Array:
        return piece if self.row is None else np.concatenate([piece, self.row])


class Recorder(Callback):
    def __init__(self, stop_at: int = -1) -> None:
        self.steps, self.stop_at = 0, stop_at

    def on_step_end(self, progress: Progress) -> None:
        self.steps += 1
        if self.steps == self.stop_at:
            progress.stop("enough")


def test_a_rank_ends_where_another_wants_to() -> None:
    recorder = Recorder()
    ranks = WithAnother(
        wish_at=1 + 6
    )  # once before the first step, then after each, and each epoch
    result = train(PLAN, DATA, ranks=ranks, callbacks=[recorder])
    assert result.stopped == "the other wants to end"
    assert (recorder.steps, len(result.history)) == (5, 1)


def test_others_are_told_where_a_callback_wants_to_end() -> None:
    ranks = WithAnother()
    train(PLAN, DATA, ranks=ranks, callbacks=[Recorder(stop_at=3)])
    assert ranks.wishes == [None, None, None, "enough"]


def test_a_difference_is_told_of_on_every_rank() -> None:
    numbers = np.arange(4.0)
    digest = np.frombuffer(hashlib.sha256(numbers.tobytes()).digest(), np.uint8)
    check_same(WithAnother(row=digest[np.newaxis]), numbers, "the weights")
    with pytest.raises(SettingError, match="the weights on rank 1 are not those on rank 0"):
        check_same(WithAnother(row=digest[np.newaxis] ^ 1), numbers, "the weights")


def test_alone_nothing_is_copied() -> None:
    gradients = [Parameters({"W": np.ones(3)}) for _ in range(3)]
    assert [a is b for a, b in zip(ALONE.combine(gradients, 2), gradients, strict=False)] == [
        True,
        True,
    ]
    piece = np.ones(3)
    assert ALONE.gather(piece) is piece
    made = object()
    assert ALONE.once_a_host(lambda: made) is ALONE.tell(lambda: made) is made
    assert ALONE.threads == available_threads()
    with ALONE as ranks:
        assert (ranks.rank, ranks.size) == (0, 1)
