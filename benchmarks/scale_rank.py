"""One rank of a measured training: an epoch, with a clock on what ranks do together.

    mpiexec -n N python benchmarks/scale_rank.py RECIPE [PICTURES]

The first rank prints its figures as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass

from mpi4py import MPI

from homespun.data import Dataset, Scaling, load_fashion_mnist
from homespun.models import find_recipe
from homespun.mpi.ranks import MpiRanks
from homespun.nn import Parameters
from homespun.runs import Settings
from homespun.runs.job import Job
from homespun.training import ALONE, Callback, Progress, Ranks, train
from homespun.types import Array

VALIDATION = 5_000


@dataclass
class Figures:
    """What one rank measured.

    Attributes:
        ranks: how many there were.
        seconds: of the epoch, validation included.
        steps: in the epoch.
        training_seconds: until the last step's end.
        exchange_seconds: of these, adding up and sharing gradients, when all were there.
        meeting_seconds: of these, waiting for each other and agreeing on losses and on going on.
        bytes_sent: of gradients by this rank.
        weight_hash: of the weights in the end.
        shards: a full batch has.
        weights: the network has.
    """

    ranks: int
    seconds: float = 0.0
    steps: int = 0
    training_seconds: float = 0.0
    exchange_seconds: float = 0.0
    meeting_seconds: float = 0.0
    bytes_sent: int = 0
    weight_hash: str = ""
    shards: int = 0
    weights: int = 0


class TimedRanks(MpiRanks):
    """Ranks with a clock."""

    def __init__(self) -> None:
        super().__init__(MPI.COMM_WORLD)
        self.exchanging = self.meeting = 0.0

    def combine(self, gradients: Sequence[Parameters], n_shards: int) -> Sequence[Parameters]:
        """Note the time of the exchange."""
        started = time.perf_counter()
        combined = super().combine(gradients, n_shards)
        self.exchanging += time.perf_counter() - started
        return combined

    def gather(self, piece: Array) -> Array:
        """Note the time of meeting for it."""
        started = time.perf_counter()
        whole = super().gather(piece)
        self.meeting += time.perf_counter() - started
        return whole

    def agree(self, wish: str | None) -> str | None:
        """Note the time of meeting for it."""
        started = time.perf_counter()
        agreed = super().agree(wish)
        self.meeting += time.perf_counter() - started
        return agreed


class Watch(Callback):
    """Notes what the steps took, without what comes after the last one of the epoch."""

    def __init__(self, figures: Figures, ranks: Ranks) -> None:
        self.figures, self.ranks = figures, ranks

    def on_step_end(self, progress: Progress) -> None:
        """Note what the clocks say now; in the end it is what they said after the last step."""
        self.figures.steps += 1
        self.figures.training_seconds = progress.seconds
        if isinstance(self.ranks, TimedRanks):
            self.figures.exchange_seconds = self.ranks.exchanging
            self.figures.meeting_seconds = self.ranks.meeting
            self.figures.bytes_sent = self.ranks.bytes_sent


def measure(ranks: Ranks, recipe: str, n: int | None) -> Figures:
    """Train one epoch of the recipe on one thread."""
    settings = Settings(recipe, seed=7, epochs=1, validation=min(VALIDATION, (n or 60_000) // 4))
    job = ranks.once_a_host(lambda: Job.of(settings, pictures(n)))
    figures = Figures(ranks.size, shards=-(-job.plan.batch_size // job.plan.shard_size))
    scaling = Scaling.fit(job.data.images)
    callbacks = [Watch(figures, ranks)]
    ranks.agree(None)  # all begin together
    started = time.perf_counter()
    result = train(
        job.plan,
        job.data,
        job.validation,
        scaling=scaling,
        threads=1,
        ranks=ranks,
        callbacks=callbacks,
    )
    figures.seconds = time.perf_counter() - started
    figures.weight_hash = result.parameters.weight_hash()
    figures.weights = result.parameters.whole.size
    return figures


def pictures(n: int | None) -> Dataset:
    """Return the first `n` pictures of the training file, or all."""
    training_file, _ = load_fashion_mnist()
    return training_file if n is None else training_file.take(slice(n))


def main() -> None:
    """Measure, and let the first rank speak."""
    recipe, n = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None
    find_recipe(recipe)
    alone = MPI.COMM_WORLD.size == 1
    with nullcontext(ALONE) if alone else TimedRanks() as ranks:
        figures = measure(ranks, recipe, n)
    if ranks.rank == 0:
        print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    main()
