"""Whoever runs the shards, threads or helpers, and whatever becomes of helpers: the same bits."""

import os
import signal
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from homespun.augment import Erase, Flip
from homespun.data import Dataset, Scaling
from homespun.nn import BatchNorm, Chain, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU
from homespun.nn.layer import WithoutParams
from homespun.optim import Constant, Nesterov
from homespun.training import Callback, Plan, Step, Workers, begin, shards, train
from homespun.training.randomness import Purpose, generator
from homespun.training.ranks import Alone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="helpers are for Linux")


def made_data(n=70):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, 8, 8, 1), dtype=np.uint8)
    return Dataset(images, rng.integers(0, 3, n), ("a", "b", "c"))


def made_plan(*more, **settings):
    layers = Conv2D(4), MaxPool2D(), BatchNorm(), ReLU(), Conv2D(5), ReLU(), Flatten(), Dropout()
    defaults = {
        "network": Chain(*layers, *more, Dense(3)),
        "optimizer": Nesterov(weight_decay=1e-3),
        "schedule": Constant(0.05),
        "epochs": 3,
        "augmentation": (Flip(), Erase()),
        "batch_size": 32,
        "shard_size": 8,
    }
    return Plan(**(defaults | settings))


@pytest.fixture
def begun(monkeypatch):
    """Let helpers begin at once, and return the process numbers of all that began."""
    monkeypatch.setattr(shards, "_SOON", -1)
    pids = []
    begin_helpers = Workers.begin_helpers

    def noted(*arguments):
        helpers = begin_helpers(*arguments)
        pids.extend(helper._pid for helper in helpers)
        return helpers

    monkeypatch.setattr(Workers, "begin_helpers", noted)
    return pids


@pytest.mark.parametrize(("threads", "n_helpers"), [(2, 1), (3, 2), (4, 3), (6, 3)])
def test_helpers_come_to_the_same_bits(begun, threads, n_helpers):
    data = made_data(80)  # batches of four, four and two shards
    alone = train(made_plan(), data, data, threads=1)
    assert not begun
    helped = train(made_plan(), data, data, threads=threads)
    assert len(begun) == n_helpers
    assert helped.parameters.weight_hash() == alone.parameters.weight_hash()
    assert helped.history == alone.history
    assert not any(os.path.exists(f"/proc/{pid}") for pid in begun)


def test_each_shard_of_a_run_draws_from_a_place_of_its_own():
    drawn = []

    def note(images, rng):
        drawn.append(rng.random())
        return images

    train(made_plan(augmentation=(note,), epochs=2, seed=9), made_data(), threads=1)
    places = [
        (epoch, batch, shard)
        for epoch in (1, 2)
        for batch, n_shards in enumerate((4, 4, 1))
        for shard in range(n_shards)
    ]
    assert drawn == [generator(9, Purpose.SHARD, *place).random() for place in places]


class KillsHelpers(Callback):
    """Kills all helpers after the second step."""

    def __init__(self, begun):
        self._begun = begun
        self._n_steps = 0

    def on_step_end(self, progress):
        self._n_steps += 1
        if self._n_steps == 2:
            for pid in self._begun:
                os.kill(pid, signal.SIGKILL)


def test_training_goes_on_without_helpers_that_were_killed(begun):
    data = made_data()
    alone = train(made_plan(), data, threads=1)
    left = train(made_plan(), data, threads=3, callbacks=[KillsHelpers(begun)])
    assert len(begun) == 2
    assert left.parameters.weight_hash() == alone.parameters.weight_hash()


@dataclass(frozen=True)
class Refuses(WithoutParams):
    """Fails on a shard of six pictures, which the last one of an epoch is."""

    def forward(self, params, x, *, train, rng):
        if len(x) == 6:
            raise ValueError("a shard of six")
        return x, lambda dy, grads, need_dx=True: dy


def test_an_error_in_a_helper_is_met_by_the_owner(begun):
    # 14 pictures in the last batch: the shard of six is the second one, and a helper's
    with pytest.raises(ValueError, match="a shard of six"):
        train(made_plan(Refuses()), made_data(78), threads=2)
    assert begun
    assert not any(os.path.exists(f"/proc/{pid}") for pid in begun)


def test_pictures_may_change_between_steps(begun):
    class Brightens(Callback):
        def on_step_end(self, progress):
            data.images[:] += 1

    hashes = []
    for threads in (1, 2):
        data = made_data()
        result = train(made_plan(), data, threads=threads, callbacks=[Brightens()])
        hashes.append(result.parameters.weight_hash())
    assert begun
    assert hashes[0] == hashes[1]


def test_a_short_training_begins_none(begun, monkeypatch):
    monkeypatch.setattr(shards, "_SOON", 3600)
    train(made_plan(), made_data(), threads=2)
    assert not begun


def test_no_helpers_beside_other_ranks(begun):
    class OneOfTwo(Alone):
        size = 2

    data, plan = made_data(), made_plan()
    weights = begin(plan, data).weights
    with Workers(2) as workers:
        step = Step(plan, weights, Scaling.fit(data.images), workers, OneOfTwo())
        step(data, np.arange(32), np.ones(70, np.float32), 1, 0)
    assert not begun
