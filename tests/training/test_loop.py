import os
import signal

import numpy as np
import pytest

from homespun.augment import Flip, Shift
from homespun.data import Dataset
from homespun.errors import DivergedError, SettingError, ShapeError
from homespun.nn import Chain, Dense, Dropout, Flatten, ReLU
from homespun.optim import SGD, AdamW, Constant, ExponentialMovingAverage, OneCycle
from homespun.training import Callback, Plan, StopOnInterrupt, train


def made_data(n=300, seed=0):
    """Return noisy pictures whose left or right half is bright: there is something to learn."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    images = rng.integers(0, 120, (n, 6, 6, 1), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[:, 3 * label : 3 * label + 3] += 60
    return Dataset(images, labels, ("left", "right"))


def made_plan(**settings):
    defaults = {
        "network": Chain(Flatten(), Dense(16), ReLU(), Dropout(0.2), Dense(2)),
        "optimizer": AdamW(),
        "schedule": OneCycle(0.01, total_steps=50),
        "epochs": 5,
        "augmentation": (Shift(1),),
        "average": ExponentialMovingAverage(0.9),
        "batch_size": 32,
        "shard_size": 8,
    }
    return Plan(**(defaults | settings))


def test_it_learns():
    result = train(made_plan(), made_data(), made_data(seed=1), threads=2)
    assert result.history[-1].validation_accuracy > 0.9
    assert [record.epoch for record in result.history] == [1, 2, 3, 4, 5]
    assert result.stopped is None


@pytest.mark.parametrize("threads", [2, 3, 4])
def test_the_same_bits_on_any_number_of_threads(threads):
    alone = train(made_plan(), made_data(), made_data(seed=1), threads=1)
    together = train(made_plan(), made_data(), made_data(seed=1), threads=threads)
    assert together.parameters.weight_hash() == alone.parameters.weight_hash()
    assert together.history == alone.history


def test_other_seeds_give_other_weights():
    hashes = {train(made_plan(seed=s), made_data()).parameters.weight_hash() for s in (0, 1, 2**63)}
    assert len(hashes) == 3


def test_the_best_epoch_is_kept():
    """The learning rate is far too large after the second epoch, so later epochs are worse."""

    class Explodes:
        def lr_at(self, step):
            return 0.05 if step <= 20 else 3.0

    plan = made_plan(optimizer=SGD(), schedule=Explodes(), average=None, augmentation=(Flip(),))
    validation = made_data(seed=1)
    result = train(plan, made_data(), validation)
    accuracies = [record.validation_accuracy for record in result.history]
    assert result.best_epoch == 1 + int(np.argmax(accuracies))
    short = train(made_plan(**vars(plan) | {"epochs": result.best_epoch}), made_data(), validation)
    assert short.parameters.weight_hash() == result.parameters.weight_hash()


def test_among_epochs_with_as_many_right_answers_the_lowest_loss_is_kept():
    """Of eight pictures many epochs have as many right."""
    validation = made_data(8, seed=1)
    result = train(made_plan(epochs=8), made_data(), validation)
    best = max(record.validation_accuracy for record in result.history)
    equals = [record for record in result.history if record.validation_accuracy == best]
    assert len(equals) > 2
    assert equals[0].validation_loss > min(record.validation_loss for record in equals)
    assert result.best_epoch == min(equals, key=lambda record: record.validation_loss).epoch


def test_patience_ends_the_run():
    plan = made_plan(optimizer=SGD(), schedule=Constant(0.0), average=None, patience=3, epochs=50)
    result = train(plan, made_data(), made_data(seed=1))
    assert len(result.history) == 4
    assert "3 epochs" in result.stopped


class Recorder(Callback):
    def __init__(self):
        self.seen = []

    def on_train_begin(self, progress):
        self.seen.append("begin")

    def on_step_end(self, progress):
        assert 0 <= progress.accuracy <= 1
        self.seen.append("step")

    def on_epoch_end(self, progress):
        self.seen.append(f"epoch {progress.history[-1].epoch}")

    def on_train_end(self, progress):
        self.seen.append("end")


def test_callbacks_are_told_in_order():
    recorder = Recorder()
    train(made_plan(epochs=2), made_data(64), callbacks=[recorder])
    assert recorder.seen == ["begin", "step", "step", "epoch 1", "step", "step", "epoch 2", "end"]


class StopAt(Callback):
    def __init__(self, n_seen):
        self.n_seen = n_seen

    def on_step_end(self, progress):
        if progress.epoch == 2 and progress.n_seen >= self.n_seen:
            progress.stop("enough")


def test_a_run_can_be_stopped_within_an_epoch():
    result = train(made_plan(), made_data(), made_data(seed=1), callbacks=[StopAt(32)])
    assert result.stopped == "enough"
    assert len(result.history) == 1
    assert result.best_epoch == 1
    assert np.isfinite(result.parameters.vector).all()


def test_ctrl_c_ends_after_the_step():
    class PressCtrlC(Callback):
        def on_step_end(self, progress):
            if progress.epoch == 2:
                os.kill(os.getpid(), signal.SIGINT)

    with StopOnInterrupt() as interrupt:
        result = train(made_plan(), made_data(), callbacks=[PressCtrlC(), interrupt])
    assert result.stopped == "interrupted"
    assert len(result.history) == 1


def test_a_second_ctrl_c_ends_at_once():
    class PressTwice(Callback):
        def on_step_end(self, progress):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt), StopOnInterrupt():
        train(made_plan(), made_data(), callbacks=[PressTwice()])


def test_divergence_is_an_error_and_not_a_model():
    with pytest.raises(DivergedError, match="smaller learning rate"):
        train(made_plan(optimizer=SGD(), schedule=Constant(1e30)), made_data())


def test_what_cannot_be_trained_is_refused():
    data = made_data()
    with pytest.raises(ShapeError, match="the data have 2 classes"):
        train(made_plan(network=Chain(Flatten(), Dense(3))), data)
    with pytest.raises(SettingError, match="no pictures"):
        train(made_plan(), data.take([]))
    with pytest.raises(SettingError, match="not negative"):
        train(made_plan(), data, sample_weights=np.full(300, -1.0))
    with pytest.raises(SettingError, match="threads must be at least 1"):
        train(made_plan(), data, threads=0)
    with pytest.raises(SettingError, match="epochs must be at least 1"):
        made_plan(epochs=0)
