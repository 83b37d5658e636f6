"""One training step: shards forward and back on all cores, a fixed tree of sums, one update.

The shards of a batch do not depend on the number of threads or ranks, nor does the order in which
their gradients are added; the update works on every weight by itself. So the new weights are the
same, bit for bit, on any number of threads in any number of ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homespun.data import Dataset, Scaling
from homespun.errors import DivergedError
from homespun.nn import Parameters, l1_penalty, l2_penalty
from homespun.optim import State
from homespun.training.divergence import layer_of_last_bad, no_warnings
from homespun.training.plan import Plan
from homespun.training.ranks import ALONE, Ranks
from homespun.training.shards import Batch, Shards
from homespun.training.tree import tree_sum
from homespun.training.workers import Workers
from homespun.types import FloatArray, IntArray

_ADVICE = "try a smaller learning rate"

_BLOCK = 2**17
"""Weights an update takes at a time: few enough for its arrays to stay in cache."""


@dataclass
class Weights:
    """All that changes from step to step, and so all that a checkpoint must hold.

    Attributes:
        parameters: the weights that are trained.
        memory: the optimizer's state.
        average: (n_weights,) the weights averaged over time; the weights themselves where the plan
            asks for no average.
        step: updates made so far.
    """

    parameters: Parameters
    memory: State
    average: FloatArray
    step: int = 0


@dataclass(frozen=True)
class StepResult:
    """What a step saw before its update.

    Attributes:
        loss: the mean loss of the batch, without penalties.
        n_correct: how many samples were answered rightly (see `count_right`).
    """

    loss: float
    n_correct: int


class Step:
    """Callable that makes one update of `weights` from one batch."""

    def __init__(
        self,
        plan: Plan,
        weights: Weights,
        scaling: Scaling,
        workers: Workers,
        ranks: Ranks = ALONE,
    ) -> None:
        """Take what a step works on; of several ranks each must make all steps."""
        self._ranks = ranks
        self._plan = plan
        self._weights = weights
        self._workers = workers
        is_alone = ranks.size == 1  # MPI does not bear copies of its processes
        self._shards = Shards(plan, weights.parameters, scaling, workers, may_fork=is_alone)
        self._decayed = weights.parameters.decayed()
        n_weights = len(weights.parameters.vector)
        size = _BLOCK
        self._blocks = [slice(i, i + size) for i in range(0, n_weights, size)]

    def __call__(
        self, data: Dataset, indices: IntArray, sample_weights: FloatArray, epoch: int, batch: int
    ) -> StepResult:
        """Train on the samples at `indices`, which are batch number `batch` of `epoch`.

        Raises:
            DivergedError: the loss is not a finite number, and the weights are left as they were;
                or a gradient is not, and they are of no use any more. The layer is named.
        """
        weights = sample_weights[indices]
        weights /= weights.sum()
        shards = Batch(data, indices, weights, self._plan.shard_size, epoch, batch)
        outcomes = self._shards.run(shards, self._ranks.own(shards.n_shards))
        outcomes = self._ranks.gather(outcomes)
        losses = outcomes[:, 0].copy()
        result = StepResult(float(losses.sum()), int(outcomes[:, 1].sum()))
        lr = self._plan.schedule.lr_at(self._weights.step + 1)
        when = f"in step {self._weights.step + 1} (learning rate {lr:.3g})"
        if not np.isfinite(result.loss):
            shard = int(np.argmin(np.isfinite(losses)))
            where = self._shards.first_bad_layer(shards.shard(shard))
            raise DivergedError(f"the loss is {result.loss} {when}: {where}; {_ADVICE}")
        gradients = self._ranks.combine(self._shards.gradients, shards.n_shards)
        if not self._update(gradients, shards.n_shards, lr):
            layer = layer_of_last_bad(self._plan.network, gradients[0].views)
            raise DivergedError(
                f"a gradient is not a finite number {when}: that of {layer}; {_ADVICE}"
            )
        return result

    def _update(self, gradients: Sequence[Parameters], n_shards: int, lr: float) -> bool:
        """Add the gradients up and move the weights; return whether every gradient was finite."""
        self._weights.step += 1
        is_finite = [True] * len(self._blocks)
        running = self._weights.parameters.running
        if running.size:
            running += tree_sum([g.running for g in gradients]) / n_shards

        def update_blocks(worker: int) -> None:
            for i in range(worker, len(self._blocks), self._workers.n):
                block = self._blocks[i]
                is_finite[i] = self._update_block(block, [g.vector[block] for g in gradients], lr)

        if len(self._blocks) == 1:
            update_blocks(0)
        else:
            self._workers.run(update_blocks)
        return all(is_finite)

    def _update_block(self, block: slice, gradients: list[FloatArray], lr: float) -> bool:
        plan, weights = self._plan, self._weights
        w, decayed = weights.parameters.vector[block], self._decayed[block]
        g = tree_sum(gradients)
        if not _is_finite(g):
            return False
        if plan.l1:
            g += decayed * l1_penalty(w, plan.l1)[1]
        if plan.l2:
            g += decayed * l2_penalty(w, plan.l2)[1]
        memory = {name: vector[block] for name, vector in weights.memory.items()}
        with no_warnings():
            plan.optimizer.update(w, g, memory, lr=lr, step=weights.step, decayed=decayed)
            if plan.average is not None:
                plan.average.update(weights.average[block], w, weights.step)
        return True


def _is_finite(vector: FloatArray) -> bool:
    """Return whether all numbers are finite; the sum of squares tells nearly always, quickly."""
    with no_warnings():
        return bool(np.isfinite(np.dot(vector, vector))) or bool(np.isfinite(vector).all())
