import copy

import numpy as np
import pytest

from homespun.augment import Shift
from homespun.data import Dataset
from homespun.errors import SettingError, ShapeError
from homespun.nn import BatchNorm, Chain, Dense, Dropout, Flatten, ReLU
from homespun.optim import SGD, AdamW, Constant, ExponentialMovingAverage, OneCycle
from homespun.training import Callback, Plan, TimeLimit, begin, train

STEPS = 4 * 4  # four epochs of four batches


def made_data(n=100, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n, 4, 4, 1), dtype=np.uint8)
    return Dataset(images, (images[:, 0, 0, 0] > 127).astype(int), ("dark", "light"))


def made_plan(**settings):
    defaults = {
        "network": Chain(Flatten(), Dense(8), BatchNorm(), ReLU(), Dropout(0.3), Dense(2)),
        "optimizer": AdamW(),
        "schedule": OneCycle(0.02, total_steps=STEPS),
        "epochs": 4,
        "augmentation": (Shift(1),),
        "average": ExponentialMovingAverage(0.8),
        "batch_size": 32,
        "shard_size": 8,
        "seed": 5,
    }
    return Plan(**(defaults | settings))


class StopAtStep(Callback):
    def __init__(self, state, step):
        self.state = state
        self.step = step

    def on_step_end(self, progress):
        if self.state.weights.step == self.step:
            progress.stop("enough")


@pytest.mark.parametrize("average", [ExponentialMovingAverage(0.8), None])
def test_a_run_stopped_at_any_step_ends_as_if_it_had_not_been(average):
    plan, data, validation = made_plan(average=average), made_data(), made_data(seed=1)
    unbroken = train(plan, data, validation)
    for step in range(1, STEPS):
        state = begin(plan, data)
        early = train(plan, data, validation, state=state, callbacks=[StopAtStep(state, step)])
        assert (early.stopped, early.finished) == ("enough", False)
        result = train(plan, data, validation, state=state, threads=1)
        assert (result.stopped, result.finished) == (None, True)
        assert result.parameters.weight_hash() == unbroken.parameters.weight_hash()
        assert result.history == unbroken.history
        assert result.best_epoch == unbroken.best_epoch


def test_the_best_weights_keep_the_running_numbers_of_their_epoch():
    """Weights of one epoch with the running means of another are a network that never was."""

    class Explodes:
        def lr_at(self, step):
            return 0.05 if step <= 4 else 2.0

    plan = made_plan(optimizer=SGD(), schedule=Explodes(), average=None)
    result = train(plan, made_data(), made_data(seed=1))
    assert result.best_epoch < 4
    short = train(
        made_plan(**vars(plan) | {"epochs": result.best_epoch}), made_data(), made_data(seed=1)
    )
    np.testing.assert_array_equal(short.parameters.running, result.parameters.running)


def test_patience_holds_over_an_interruption():
    """Nothing is learnt, so that the third epoch after the first is the last."""
    network = Chain(Flatten(), Dense(2))
    plan = made_plan(
        network=network,
        optimizer=SGD(),
        schedule=Constant(0.0),
        average=None,
        patience=2,
        epochs=9,
    )
    data = made_data()
    state = begin(plan, data)
    first = train(plan, data, data, state=state)
    assert (len(first.history), first.finished) == (3, True)
    again = train(plan, data, data, state=copy.deepcopy(state))
    assert len(again.history) == 3
    assert "2 epochs" in again.stopped


def test_a_time_limit_ends_the_run_and_does_not_count_what_was_before():
    plan, data = made_plan(), made_data()
    state = begin(plan, data)
    state.progress.seconds = 1000.0
    result = train(plan, data, data, state=state, callbacks=[TimeLimit(0.0)])
    assert state.weights.step == 1
    assert (result.stopped, result.finished) == ("the time limit is reached", False)
    rest = train(plan, data, data, state=state, callbacks=[TimeLimit(999.0)])
    assert (rest.stopped, len(rest.history)) == (None, 4)
    assert rest.seconds > 1000


def test_what_cannot_be_begun_is_refused():
    with pytest.raises(SettingError, match="no pictures"):
        begin(made_plan(), made_data().take([]))
    with pytest.raises(ShapeError, match="2 classes"):
        begin(made_plan(network=Chain(Flatten(), Dense(3))), made_data())
