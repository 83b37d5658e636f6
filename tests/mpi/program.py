"""What the tests of `mpi` run, by mpiexec as several processes or by itself as one.

`program.py TASK[,TASK] ...`: each process does the tasks; the first prints what came of them as
JSON, and what was wrong in one line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from homespun.augment import Shift
from homespun.data import Dataset
from homespun.errors import FileError
from homespun.mpi.command import ranks_of_command
from homespun.nn import BatchNorm, Chain, Dense, Dropout, Flatten, Parameters, ReLU
from homespun.optim import SGD, AdamW, Constant, ExponentialMovingAverage, OneCycle
from homespun.training import (
    Callback,
    Plan,
    Progress,
    Ranks,
    StopOnInterrupt,
    available_threads,
    history_to_csv,
    train,
)
from homespun.training.ranks import check_same
from homespun.training.tree import tree_sum

NAMES = ("top", "middle", "bottom")


def pictures(n: int, seed: int) -> Dataset:
    """Return noisy 8 x 8 pictures with a bright band where their class says."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    images = rng.integers(0, 160, (n, 8, 8, 1), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 1 : 2 * label + 3] += 60
    return Dataset(images, labels, NAMES)


def plan(**settings: Any) -> Plan:
    """Return a plan with something of all: running statistics, noise, averages, a changing rate."""
    defaults: dict[str, Any] = {
        "network": Chain(Flatten(), Dense(16), BatchNorm(), ReLU(), Dropout(0.2), Dense(3)),
        "optimizer": AdamW(weight_decay=0.05),
        "schedule": OneCycle(lr=0.01, total_steps=30),
        "average": ExponentialMovingAverage(0.9),
        "augmentation": (Shift(1),),
        "epochs": 2,
        "batch_size": 40,
        "shard_size": 8,
        "seed": 5,
    }
    return Plan(**(defaults | settings))


def check_contract(ranks: Ranks) -> dict[str, Any]:
    """Hold ranks to what `Ranks` promises, whoever keeps the promise."""
    assert 0 <= ranks.rank < ranks.size
    assert ranks.threads == max(1, available_threads() // ranks.size), "all are on one host"
    numbers = ranks.gather(np.array([ranks.rank]))
    assert numbers.tolist() == list(range(ranks.size))
    for n in range(1, 12):
        own = ranks.own(n)
        everything = ranks.gather(np.array([[i, i * i] for i in own], int).reshape(-1, 2))
        assert everything.tolist() == [[i, i * i] for i in range(n)]
        _check_sum(ranks, n)
    asked = []
    told = ranks.tell(lambda: asked.append(ranks.rank) or {"rank": ranks.rank})
    assert told == {"rank": 0}
    assert asked == ([0] if ranks.rank == 0 else [])
    asked.clear()
    shared = ranks.once_a_host(lambda: asked.append(1) or pictures(50, seed=ranks.rank))
    assert np.array_equal(shared.images, pictures(50, seed=0).images)
    assert shared.class_names == NAMES
    assert ranks.gather(np.array([len(asked)])).sum() == 1, "all ranks of this test are on a host"
    assert ranks.agree(None) is None
    last = ranks.size - 1
    assert ranks.agree("enough" if ranks.rank == last else None) == "enough"
    assert ranks.agree(f"rank {ranks.rank}") == "rank 0"
    check_same(ranks, np.arange(3.0), "numbers")
    return {"size": ranks.size}


def _check_sum(ranks: Ranks, n: int) -> None:
    """Numbers of very different sizes: any other order of additions rounds otherwise."""
    params = {"W": np.zeros(5), "running_mean": np.zeros(2)}
    rng = np.random.default_rng(n)
    values = [(10.0 ** rng.integers(-4, 5, 7) * rng.normal(size=7)) for _ in range(n)]
    gradients = [Parameters(params) for _ in range(max(1, len(ranks.own(n))))]
    for shard, room in zip(ranks.own(n), gradients, strict=False):
        room.whole[:] = values[shard]
    combined = ranks.combine(gradients, n)
    total = tree_sum([room.whole for room in combined])
    expected = tree_sum([value.astype(np.float32) for value in values])
    assert total.tobytes() == expected.tobytes(), n


def train_all(ranks: Ranks) -> dict[str, Any]:
    """Train on batches of five shards, the last of two and of one; and a shard a batch."""
    cases = {
        "usual": (plan(), pictures(90, seed=1), pictures(230, seed=2)),
        "a last batch of one shard": (plan(), pictures(85, seed=1), None),
        "many shards": (plan(shard_size=3, epochs=1), pictures(80, seed=1), pictures(5, seed=2)),
        "one shard": (plan(shard_size=40, precision="float64"), pictures(80, seed=1), None),
    }
    told = {}
    for name, (a_plan, data, validation) in cases.items():
        result = train(a_plan, data, validation, ranks=ranks, threads=1 + ranks.rank % 2)
        told[name] = [result.parameters.weight_hash(), history_to_csv(result.history)]
    return told


class At(Callback):
    """Does something after one step."""

    def __init__(self, step: int, action: Callable[[Progress], object]) -> None:
        self._left = step
        self._action = action

    def on_step_end(self, progress: Progress) -> None:
        self._left -= 1
        if self._left == 0:
            self._action(progress)


class Unreadable:
    """An augmentation that can't read a picture on one rank, in the second epoch."""

    def __init__(self, error: Exception, after: int) -> None:
        self.error, self.left = error, after

    def __call__(self, images: Any, rng: np.random.Generator) -> Any:
        self.left -= 1
        if self.left == 0:
            raise self.error
        return images


def fail(ranks: Ranks, how: str) -> dict[str, Any]:
    """Train, and meet something that ends it."""
    data, settings, callbacks = pictures(90, seed=1), {}, []
    if how == "diverge":
        settings = {"optimizer": SGD(), "schedule": Constant(1e30)}
    elif how in ("unreadable", "broken"):
        error = FileError("photo.png", "is gone") if how == "unreadable" else RuntimeError("a bug")
        if ranks.rank == ranks.size - 1:
            settings = {"augmentation": (Unreadable(error, 4),)}
    elif how == "first":
        if ranks.rank == 0:
            callbacks = [At(3, lambda _: raise_error(FileError("disk", "is full")))]
    elif how == "other-weights":
        if ranks.rank == 1:
            settings = {"l2": 0.1}
    elif how == "other-pictures":
        check_same(ranks, np.arange(2) + ranks.rank, "the pictures")
    elif how == "left" and ranks.rank == 1:
        return {}
    train(plan(**settings), data, ranks=ranks, callbacks=callbacks)
    return {}


def wait_for_the_first(ranks: Ranks) -> dict[str, Any]:
    """Be interrupted while the first rank still has something to do."""
    pids = ranks.gather(np.array([os.getpid()]))
    if ranks.rank == 0:
        for pid in pids[1:]:
            time.sleep(0.2)  # it waits by now, or will not have heard of this one
            os.kill(pid, signal.SIGINT)
        time.sleep(0.2)
    return {"finished": True}


def raise_error(error: Exception) -> None:
    raise error


def run(ranks: Ranks, folder: str, step: str = "0", how: str = "") -> dict[str, Any]:
    """Carry out a run in `folder`, as the command does; something may happen after `step`."""
    from homespun.models import RECIPES, Recipe
    from homespun.runs import RunFolder, Settings
    from homespun.runs.execute import execute
    from homespun.runs.follow import follow

    def build(*, batch_size: int, epochs: int, seed: int, **_: Any) -> Plan:
        return plan(batch_size=batch_size, epochs=epochs, seed=seed)

    RECIPES["test"] = Recipe("test", "for tests", epochs=4, batch_size=40, build=build)
    settings = Settings("test", seed=3, epochs=4, validation=30)
    with StopOnInterrupt() as interrupt:
        happens = At(int(step), lambda _: happen(how, ranks, Path(folder), interrupt))
        if ranks.rank > 0:
            seed = 9 if how == "other-pictures" else 1
            follow(settings, lambda: pictures(130, seed), ranks, callbacks=[happens, interrupt])
            return {}
        lines: list[str] = []
        record = execute(
            RunFolder(Path(folder)),
            settings,
            pictures(130, seed=1),
            pictures(40, seed=2),
            ranks=ranks,
            callbacks=[happens, interrupt],
            checkpoint_every=0.0,
            say=lines.append,
        )
    return {"lines": lines, "result": record["result"]}


def happen(how: str, ranks: Ranks, folder: Path, interrupt: StopOnInterrupt) -> None:
    """Be killed, or be interrupted, on the last rank; or wait until all are interrupted."""
    is_last = ranks.rank == ranks.size - 1
    if how == "kill" and is_last:
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "interrupt" and is_last:
        os.kill(os.getpid(), signal.SIGINT)
    if how == "wait" and ranks.rank == 0:
        (folder / "waits").touch()
        while not interrupt.interrupted:
            time.sleep(0.01)
        (folder / "waits").unlink()


def main() -> None:
    """Do the tasks; end as the command line does."""
    from homespun.errors import HomespunError

    tasks: dict[str, Callable[..., dict[str, Any]]] = {
        "contract": check_contract,
        "train": train_all,
        "fail": fail,
        "wait": wait_for_the_first,
        "run": run,
    }
    told: dict[str, Any] = {}
    try:
        with ranks_of_command() as ranks:
            for name in sys.argv[1].split(","):
                told |= tasks[name](ranks, *sys.argv[2:])
    except HomespunError as error:
        if os.environ.get("PMI_RANK", "0") == "0":
            sys.stderr.write(f"{error}\n")
        sys.exit(2)
    if ranks.rank == 0:
        json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
