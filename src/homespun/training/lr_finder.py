"""Finding a learning rate: a short run in which it grows until the loss does too."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from homespun.data import Dataset, Scaling
from homespun.errors import DivergedError, SettingError
from homespun.training.plan import Plan
from homespun.training.randomness import Purpose, generator
from homespun.training.state import TrainingState, begin
from homespun.training.step import Step
from homespun.training.workers import Workers
from homespun.types import FloatArray, IntArray

_SMOOTHING = 0.9
_TOO_HIGH = 4.0


@dataclass(frozen=True)
class LearningRateCurve:
    """What the loss did while the learning rate grew.

    Attributes:
        rates: (n_steps,) the learning rate of each step.
        losses: (n_steps,) the loss before each step.
        smoothed: (n_steps,) their exponential moving average, without its bias towards 0.
        suggestion: a tenth of the rate at which the smoothed loss was lowest.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float


@dataclass(frozen=True)
class _Growing:
    """A schedule from one rate to another in equal factors."""

    lr_from: float
    lr_to: float
    n_steps: int

    def lr_at(self, step: int) -> float:
        """Return lr_from at step 1, lr_to at the last."""
        share: float = (step - 1) / (self.n_steps - 1)
        return float(self.lr_from * (self.lr_to / self.lr_from) ** share)


def find_learning_rate(
    plan: Plan,
    data: Dataset,
    *,
    state: TrainingState | None = None,
    scaling: Scaling | None = None,
    sample_weights: FloatArray | None = None,
    lr_from: float = 1e-6,
    lr_to: float = 10.0,
    n_steps: int = 100,
    threads: int | None = None,
) -> LearningRateCurve:
    """Return how the loss falls and rises again while the learning rate grows with each step.

    The run ends early when the smoothed loss is four times its lowest, or no longer finite. It is
    made on copies: `state` and all generators stay as they were.

    Args:
        plan: what would be trained and how; its schedule is not used.
        data: pictures to train on; they are shuffled as in training.
        state: where to begin; at random weights by default.
        scaling: what pixels go through first; fitted on `data` by default.
        sample_weights: (n_samples,) how much each sample counts; all alike by default.
        lr_from: the first learning rate.
        lr_to: the last.
        n_steps: how many updates there are at most, at least 2.
        threads: how many; the result does not depend on it.

    Raises:
        SettingError: the rates do not grow from above 0, or there are fewer than two steps.

    Source: Smith, 2017, "Cyclical learning rates for training neural networks", section 3.3; the
    smoothing and the tenth of the minimum are those that the library fastai made common.
    """
    if not 0 < lr_from < lr_to or n_steps < 2:
        raise SettingError(
            f"expected 0 < lr_from < lr_to and n_steps > 1, got {lr_from}, {lr_to} and {n_steps}"
        )
    growing = _Growing(lr_from, lr_to, n_steps)
    plan = replace(plan, schedule=growing)
    weights = copy.deepcopy(state or begin(plan, data)).weights
    weights.step = 0
    if sample_weights is None:
        sample_weights = np.ones(len(data), plan.precision)
    losses: list[float] = []
    smoothed: list[float] = []
    average = 0.0
    with Workers(threads) as workers:
        step = Step(plan, weights, scaling or Scaling.fit(data.images), workers)
        for indices, epoch, batch in _batches(plan, len(data), n_steps):
            try:
                result = step(data, indices, sample_weights, epoch, batch)
            except DivergedError:
                break
            losses.append(result.loss)
            average = _SMOOTHING * average + (1 - _SMOOTHING) * result.loss
            smoothed.append(average / (1 - _SMOOTHING ** len(losses)))
            if smoothed[-1] > _TOO_HIGH * min(smoothed):
                break
    rates = tuple(growing.lr_at(i + 1) for i in range(len(losses)))
    lowest = rates[int(np.argmin(smoothed))]
    return LearningRateCurve(rates, tuple(losses), tuple(smoothed), lowest / 10)


def _batches(plan: Plan, n_samples: int, n_steps: int) -> Iterator[tuple[IntArray, int, int]]:
    """Return the first `n_steps` batches of a training run: indices, epoch, number in the epoch."""
    n_batches = math.ceil(n_samples / plan.batch_size)
    for i in range(n_steps):
        epoch, batch = 1 + i // n_batches, i % n_batches
        if batch == 0:
            order = generator(plan.seed, Purpose.SHUFFLE, epoch).permutation(n_samples)
        start = batch * plan.batch_size
        yield order[start : start + plan.batch_size], epoch, batch
