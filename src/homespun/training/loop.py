"""The training loop: epochs of shuffled batches, validation after each, the best weights kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homespun.data import Dataset, Scaling
from homespun.errors import SettingError, ShapeError
from homespun.nn import Parameters, l1_penalty, l2_penalty
from homespun.training.callbacks import Callback, EarlyStopping, Progress
from homespun.training.history import EpochRecord
from homespun.training.plan import Plan
from homespun.training.prediction import predict_logits
from homespun.training.randomness import Purpose, generator
from homespun.training.step import Step, Weights
from homespun.training.workers import Workers
from homespun.types import FloatArray


@dataclass(frozen=True)
class TrainingResult:
    """What a run leaves.

    Attributes:
        parameters: the weights of the best epoch by validation accuracy (the first of equals), or
            the last weights where there was no validation part.
        scaling: what pixels must go through before the network, fitted on the training part.
        history: a record of each complete epoch.
        best_epoch: the epoch whose weights were kept; None if no epoch was completed.
        stopped: why the run ended before its last epoch, or None.
        seconds: how long it took.
    """

    parameters: Parameters
    scaling: Scaling
    history: tuple[EpochRecord, ...]
    best_epoch: int | None
    stopped: str | None
    seconds: float


def train(
    plan: Plan,
    data: Dataset,
    validation: Dataset | None = None,
    *,
    sample_weights: FloatArray | None = None,
    callbacks: Sequence[Callback] = (),
    threads: int | None = None,
) -> TrainingResult:
    """Train the plan's network on `data`.

    Args:
        plan: what to train and how.
        data: the training part.
        validation: a part that is not trained on; decides which epoch's weights are kept.
        sample_weights: (n_samples,) how much each sample counts; all alike by default.
        callbacks: are told of every step and epoch.
        threads: how many; as many as there are cores by default. The result does not depend on it.

    Raises:
        ShapeError: the network does not fit the pictures or the classes.
        SettingError: there is nothing to train on, or a sample weight is negative.
        DivergedError: the loss stopped being a finite number.
    """
    weights = _initial_weights(plan, data)
    scaling = Scaling.fit(data.images)
    if sample_weights is None:
        sample_weights = np.ones(len(data), np.float32)
    elif sample_weights.shape != (len(data),) or not (sample_weights >= 0).all():
        raise SettingError("sample_weights must be (n_samples,) numbers that are not negative")
    if plan.patience is not None:
        callbacks = (*callbacks, EarlyStopping(plan.patience))
    progress = Progress(plan, len(data))
    best = _Best(weights)
    started = time.perf_counter()
    with Workers(threads) as workers:
        step = Step(plan, weights, scaling, workers)
        _tell(callbacks, "on_train_begin", progress)
        try:
            while progress.epoch < plan.epochs and not progress.stopped:
                progress.epoch += 1
                _run_epoch(step, data, sample_weights, progress, callbacks, started)
                if progress.n_seen == len(data):
                    _end_epoch(weights, scaling, validation, progress, best, workers)
                    _tell(callbacks, "on_epoch_end", progress)
        finally:
            _tell(callbacks, "on_train_end", progress)
    return TrainingResult(
        parameters=best.parameters(),
        scaling=scaling,
        history=tuple(progress.history),
        best_epoch=best.epoch,
        stopped=progress.stopped if len(progress.history) < plan.epochs else None,
        seconds=time.perf_counter() - started,
    )


def _initial_weights(plan: Plan, data: Dataset) -> Weights:
    if len(data) == 0:
        raise SettingError("there are no pictures to train on")
    params, out_shape = plan.network.init(
        generator(plan.seed, Purpose.INITIALIZE), data.images.shape[1:]
    )
    if out_shape != (data.n_classes,):
        raise ShapeError(
            f"the network's output has shape {out_shape}, the data have {data.n_classes} classes"
        )
    parameters = Parameters(params)
    vector = parameters.vector
    average = vector if plan.average is None else vector.copy()
    return Weights(parameters, plan.optimizer.init(vector), average)


def _run_epoch(
    step: Step,
    data: Dataset,
    sample_weights: FloatArray,
    progress: Progress,
    callbacks: Sequence[Callback],
    started: float,
) -> None:
    plan = progress.plan
    order = generator(plan.seed, Purpose.SHUFFLE, progress.epoch).permutation(len(data))
    progress.n_seen = 0
    loss_sum, n_correct = 0.0, 0
    for batch, start in enumerate(range(0, len(data), plan.batch_size)):
        indices = order[start : start + plan.batch_size]
        result = step(data, indices, sample_weights, progress.epoch, batch)
        loss_sum += result.loss * len(indices)
        n_correct += result.n_correct
        progress.n_seen += len(indices)
        progress.loss = loss_sum / progress.n_seen
        progress.accuracy = n_correct / progress.n_seen
        progress.seconds = time.perf_counter() - started
        _tell(callbacks, "on_step_end", progress)
        if progress.stopped:
            return


def _end_epoch(
    weights: Weights,
    scaling: Scaling,
    validation: Dataset | None,
    progress: Progress,
    best: _Best,
    workers: Workers,
) -> None:
    plan = progress.plan
    validation_loss = validation_accuracy = None
    if validation is not None:
        params = weights.parameters.with_vector(weights.average).views
        logits = predict_logits(plan.network, params, scaling, validation.images, workers)
        even = np.full(len(validation), 1 / len(validation), np.float32)
        validation_loss, _ = plan.loss(logits, validation.labels, even)
        validation_accuracy = float(np.mean(logits.argmax(axis=1) == validation.labels))
    decayed_weights = weights.parameters.vector * weights.parameters.decayed()
    progress.history.append(
        EpochRecord(
            epoch=progress.epoch,
            lr=plan.schedule.lr_at(weights.step),
            loss=progress.loss,
            accuracy=progress.accuracy,
            penalty=l1_penalty(decayed_weights, plan.l1)[0]
            + l2_penalty(decayed_weights, plan.l2)[0],
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
        )
    )
    best.offer(progress.epoch, validation_accuracy)


class _Best:
    """The best weights so far."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._accuracy = -1.0
        self._vector: FloatArray | None = None
        self.epoch: int | None = None

    def offer(self, epoch: int, accuracy: float | None) -> None:
        """Keep the weights of this epoch if they are better, or if nothing tells."""
        if accuracy is None or accuracy > self._accuracy:
            self._vector = self._weights.average.copy()
            self._accuracy = -1.0 if accuracy is None else accuracy
            self.epoch = epoch

    def parameters(self) -> Parameters:
        """Return the best weights, or the latest where no epoch was completed."""
        vector = self._weights.average if self._vector is None else self._vector
        return self._weights.parameters.with_vector(vector)


def _tell(callbacks: Sequence[Callback], occasion: str, progress: Progress) -> None:
    for callback in callbacks:
        getattr(callback, occasion)(progress)
