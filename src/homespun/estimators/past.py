"""What a fit leaves for one that goes on from it, and where every fit begins."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from homespun.data import Dataset
from homespun.models import Model
from homespun.training import EpochRecord, Plan, TrainingState, Weights, begin


@dataclass(frozen=True, eq=False)
class Past:
    """What went before; empty for a fit that begins anew.

    Attributes:
        seed: of all its calls.
        records: the epochs that are complete.
        scores: the measure watched on a validation part, an entry an epoch.
        weights: with the optimizer's memory, where the next call needs it.
    """

    seed: int
    records: tuple[EpochRecord, ...] = ()
    scores: tuple[float | None, ...] = ()
    weights: Weights | None = None

    def begin(self, plan: Plan, data: Dataset, model: Model | None) -> TrainingState:
        """Return the state to train from: random weights, the model's, or those of a past call."""
        state = begin(plan, data)
        if self.weights is not None:
            state.weights = copy.deepcopy(self.weights)
            if plan.average is None:  # what a copy or a pickle has lost
                state.weights.average = state.weights.parameters.vector
        elif model is not None:
            state.weights.parameters.load(model.parameters.named())
            state.weights.average[:] = state.weights.parameters.vector
        state.progress.epoch = len(self.records)
        state.progress.history = list(self.records)
        return state


def draw_seed(random_state: Any) -> int:
    """Return an integer as it is, so that it means the same as elsewhere; else draw one."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def peek_seed(random_state: Any) -> int:
    """Return the seed that `draw_seed` would return next, and leave the generator as it is.

    Where nobody gave one it is 0, since NumPy's global generator belongs to others.
    """
    return 0 if random_state is None else draw_seed(copy.deepcopy(random_state))
