"""Watching a measure over the epochs: which weights were best, and when it is time to end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sklearn.metrics import get_scorer

from homespun.estimators.samples import Samples
from homespun.nn import Parameters
from homespun.training import Callback, EpochRecord, Progress, TrainingState

Measure = Callable[[EpochRecord, TrainingState], float]
"""What is watched: a number of the epoch that ends and where it ends; larger is better."""


@dataclass
class Watch(Callback):
    """Keeps the best weights by `measure`, and ends the run when it no longer rises.

    Attributes:
        state: of the run that is watched.
        measure: what is watched.
        tol: by how much the measure must rise above its best to count as a rise.
        patience: how many epochs may pass without a rise; None: any number.
        keeps_best: whether anybody will ask for the best weights, which are copied.
        values: what was measured, a number an epoch.
        best: the weights of the epoch with the largest value (the first of equals), if kept.
    """

    state: TrainingState
    measure: Measure
    tol: float
    patience: int | None
    keeps_best: bool = True
    values: list[float] = field(default_factory=list)
    best: Parameters | None = None
    _best_value: float = -math.inf
    _epochs_without_rise: int = 0

    def on_epoch_end(self, progress: Progress) -> None:
        """Measure."""
        value = self.measure(progress.history[-1], self.state)
        self.values.append(value)
        rises = value > self._best_value + self.tol
        self._epochs_without_rise = 0 if rises else self._epochs_without_rise + 1
        if value > self._best_value:
            self._best_value = value
            self.best = self.state.averaged() if self.keeps_best else None
        if self.patience is not None and self._epochs_without_rise >= self.patience:
            progress.stop(f"no rise of more than {self.tol} for {self.patience} epochs")
            progress.finished = True


def choose_measure(
    scoring: Any, ready: Callable[[Parameters], Any], held_out: Samples | None
) -> Measure:
    """Return what is watched.

    Args:
        scoring: a scorer or its name, "loss", or None for accuracy.
        ready: makes an estimator that predicts with these weights.
        held_out: the validation part; None: there is none, and the training loss is watched.
    """
    if held_out is None:
        return lambda record, state: -(record.loss + record.penalty)
    if scoring is None:
        return lambda record, state: float(record.validation_accuracy or 0.0)
    if scoring == "loss":
        return lambda record, state: -float(record.validation_loss or 0.0)
    scorer = get_scorer(scoring)
    return lambda record, state: float(scorer(ready(state.averaged()), held_out.rows, held_out.y))
