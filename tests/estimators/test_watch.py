from __future__ import annotations

import numpy as np
import pytest

from homespun.estimators.watch import Watch
from homespun.nn import Chain, Dense, Flatten, Parameters
from homespun.optim import SGD, Constant
from homespun.training import Plan, Progress, TrainingState, Weights

PLAN = Plan(Chain(Flatten(), Dense(1)), SGD(), Constant(0.1), epochs=99)


def watch(values, *, tol=0.0, patience=None, keeps_best=True):
    """Let a Watch see these values, epoch by epoch; the weights are the number of the epoch."""
    parameters = Parameters({"W": np.zeros((1, 1))})
    state = TrainingState(Weights(parameters, {}, parameters.vector), Progress(PLAN, 1))
    left = list(values)
    watching = Watch(state, lambda record, state: left.pop(0), tol, patience, keeps_best)
    for epoch in range(1, len(values) + 1):
        parameters.vector[:] = epoch
        state.progress.history.append(None)
        watching.on_epoch_end(state.progress)
        if state.progress.stopped:
            return watching, epoch
    return watching, None


@pytest.mark.parametrize(
    ("values", "best"), [([1, 3, 2], 2), ([3, 3, 3], 1), ([-5, -4, -3], 3), ([0], 1)]
)
def test_the_first_of_the_best_is_kept(values, best):
    watching, stopped = watch(values)
    assert watching.best.vector.tolist() == [best]
    assert watching.values == values
    assert stopped is None


@pytest.mark.parametrize(
    ("values", "tol", "patience", "stopped"),
    [
        ([1, 1, 1, 1], 0, 2, 3),
        ([1, 2, 3, 4], 0, 1, None),
        ([1, 2, 1, 3, 1, 1], 0, 2, 6),
        ([1, 1.1, 1.2, 1.3], 0.5, 3, 4),
        ([1, 2, 2.1, 4], 0.5, 2, None),
    ],
)
def test_it_stops_when_nothing_rises(values, tol, patience, stopped):
    assert watch(values, tol=tol, patience=patience)[1] == stopped


def test_nothing_is_copied_that_nobody_asks_for():
    assert watch([1, 3, 2], keeps_best=False)[0].best is None
