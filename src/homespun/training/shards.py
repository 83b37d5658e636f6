"""The shards of a batch, each forward and back through the network, on all cores."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from homespun.data import Dataset, Scaling
from homespun.nn import Parameters
from homespun.training.answers import count_right
from homespun.training.divergence import first_bad_layer, no_warnings
from homespun.training.helpers import Helper, can_fork, shared_empty
from homespun.training.plan import Plan
from homespun.training.randomness import Purpose, generator, move
from homespun.training.workers import Workers
from homespun.types import Array, FloatArray, IntArray

_SOON = 0.5
"""Seconds after which training is taken for one that lasts, and helpers begin."""

Outcome = tuple[float, int]
"""The loss of a shard, and how many right answers it got."""


@dataclass(frozen=True)
class Batch:
    """What a step trains on.

    Attributes:
        data: the training part.
        indices: which samples.
        weights: (len(indices),) how much each counts; they add up to 1.
        shard_size: how many samples a shard has; the last may have fewer.
        epoch: number of the epoch; with `number` and the shard it decides what is drawn.
        number: number of the batch in the epoch.
    """

    data: Dataset
    indices: IntArray
    weights: FloatArray
    shard_size: int
    epoch: int
    number: int

    @property
    def n_shards(self) -> int:
        """How many shards there are."""
        return -(-len(self.indices) // self.shard_size)

    def shard(self, number: int) -> Shard:
        """Return a shard with its own copies of what it needs."""
        place = slice(number * self.shard_size, (number + 1) * self.shard_size)
        chosen = self.indices[place]
        return Shard(
            self.data.images.take(chosen, axis=0),
            self.data.labels[chosen],
            self.weights[place],
            (self.epoch, self.number, number),
        )


class Shard(NamedTuple):
    """Samples that go through the network together, and all that decides what becomes of them.

    Attributes:
        images: (n, height, width, channel).
        labels: (n,), or (n, n_classes) where a sample has several.
        weights: (n,) how much each counts.
        where: number of the epoch, of the batch and of the shard.
    """

    images: Array
    labels: IntArray
    weights: FloatArray
    where: tuple[int, int, int]


class Shards:
    """Runs shards: on threads at first and, where that is possible, soon with helpers.

    Threads begin at once, but share an interpreter lock; helpers have their own, but to begin takes
    them as long as some steps of a small network. The bits do not depend on who runs a shard.

    Attributes:
        gradients: that of each shard that was run, in their order; there may be more after them.
    """

    def __init__(
        self,
        plan: Plan,
        parameters: Parameters,
        scaling: Scaling,
        workers: Workers,
        may_fork: bool = True,
    ) -> None:
        self.gradients: list[Parameters] = []
        self._plan = plan
        self._parameters = parameters
        self._scaling = scaling
        self._workers = workers
        self._rngs = [generator(plan.seed, Purpose.SHARD) for _ in range(workers.n)]
        self._may_fork = may_fork and workers.n > 1 and can_fork()
        self._began = time.perf_counter()
        self._helpers: Sequence[Helper] = ()
        self._shared = parameters  # as helpers see them
        self._n_shared = 0  # gradients that helpers can write

    def run(self, batch: Batch, numbers: Sequence[int]) -> FloatArray:
        """Return (n_shards, 2), loss and right answers of the shards with these numbers."""
        while len(self.gradients) < max(1, len(numbers)):
            self.gradients.append(self._parameters.zeros_like())
        if self._may_fork and time.perf_counter() > self._began + _SOON:
            self._may_fork = False
            self._begin_helpers()
        outcomes = np.zeros((len(numbers), 2))
        if len(numbers) <= 1:  # waking others would take longer
            for place, number in enumerate(numbers):
                outcomes[place] = self._run(place, batch.shard(number), 0)
        elif self._helpers and len(numbers) <= self._n_shared:
            self._run_with_helpers(batch, numbers, outcomes)
        else:
            self._run_on_threads(batch, numbers, outcomes)
        return outcomes

    def first_bad_layer(self, shard: Shard) -> str:
        """Return who is to blame for a loss that is not finite; the shard goes forward again."""
        rng = generator(self._plan.seed, Purpose.SHARD, *shard.where)
        images = self._changed(shard.images, rng)
        x = self._scaling(images, self._parameters.vector.dtype)
        with no_warnings():
            layer = first_bad_layer(self._plan.network, self._parameters.views, x, rng)
        return layer or "all layers are finite, and the loss itself is not"

    def _run_on_threads(self, batch: Batch, numbers: Sequence[int], outcomes: FloatArray) -> None:
        todo = deque(enumerate(numbers))

        def run(worker: int) -> None:
            while todo:
                try:
                    place, number = todo.popleft()
                except IndexError:  # another thread took the last one
                    return
                outcomes[place] = self._run(place, batch.shard(number), worker)

        self._workers.run(run)

    def _run_with_helpers(self, batch: Batch, numbers: Sequence[int], outcomes: FloatArray) -> None:
        self._shared.whole[:] = self._parameters.whole
        helpers = self._helpers[: len(numbers) - 1]
        n = len(helpers) + 1
        mine, *parts = (
            [(place, batch.shard(numbers[place])) for place in range(i, len(numbers), n)]
            for i in range(n)
        )
        are_asked = [helper.ask(part) for helper, part in zip(helpers, parts, strict=True)]
        outcomes[::n] = self._run_part(mine)
        for i, helper in enumerate(helpers):
            reply = helper.reply() if are_asked[i] else None
            # One that failed or has ended gives no reason; doing its part here shows it, if any.
            outcomes[i + 1 :: n] = self._run_part(parts[i]) if reply is None else reply

    def _begin_helpers(self) -> None:
        """Copy this process, with room for weights and gradients that the copies share with it."""
        self._shared = self._parameters.zeros_like(shared_empty)
        self._n_shared = -(-self._plan.batch_size // self._plan.shard_size)
        self.gradients[: self._n_shared] = [
            self._parameters.zeros_like(shared_empty) for _ in range(self._n_shared)
        ]

        def work(part: list[tuple[int, Shard]]) -> list[Outcome]:
            self._parameters = self._shared  # in the copy
            return self._run_part(part)

        self._helpers = self._workers.begin_helpers(work, self._n_shared - 1)

    def _run_part(self, part: list[tuple[int, Shard]]) -> list[Outcome]:
        return [self._run(place, shard, 0) for place, shard in part]

    def _run(self, place: int, shard: Shard, worker: int) -> Outcome:
        """Leave the shard's gradient at its place."""
        rng = move(self._rngs[worker], self._plan.seed, Purpose.SHARD, *shard.where)
        gradients = self.gradients[place]
        gradients.clear()
        x = self._scaling(self._changed(shard.images, rng))
        with no_warnings():
            logits, backward = self._plan.network.forward(
                self._parameters.views, x, train=True, rng=rng
            )
            loss, dlogits = self._plan.loss(logits, shard.labels, shard.weights)
            backward(dlogits, gradients.views, need_dx=False)
        return loss, count_right(logits, shard.labels)

    def _changed(self, images: Array, rng: np.random.Generator) -> Array:
        for change in self._plan.augmentation:
            images = change(images, rng)
        return images
