"""The training loop: epochs of shuffled batches, validation after each, the best weights kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homespun.data import Dataset, Scaling
from homespun.errors import SettingError
from homespun.nn import Parameters, l1_penalty, l2_penalty
from homespun.training.answers import count_right, most_confused
from homespun.training.callbacks import Callback, EarlyStopping, Progress
from homespun.training.history import EpochRecord
from homespun.training.plan import Plan
from homespun.training.prediction import predict_logits
from homespun.training.randomness import Purpose, generator
from homespun.training.ranks import ALONE, Ranks, check_same
from homespun.training.state import TrainingState, begin
from homespun.training.step import Step
from homespun.training.workers import Workers
from homespun.types import FloatArray


@dataclass(frozen=True)
class TrainingResult:
    """What a run leaves.

    Attributes:
        parameters: the weights of the best epoch by validation accuracy (among equals by validation
            loss), or the last weights where there was no validation part.
        scaling: what pixels must go through before the network.
        history: a record of each complete epoch.
        best_epoch: the epoch whose weights were kept; None if no epoch was completed.
        stopped: why the run ended before its last epoch, or None.
        finished: nothing is left to train: all epochs are done, or the plan itself ended the run.
        seconds: how long it took, with what came before an interruption.
    """

    parameters: Parameters
    scaling: Scaling
    history: tuple[EpochRecord, ...]
    best_epoch: int | None
    stopped: str | None
    finished: bool
    seconds: float


def train(
    plan: Plan,
    data: Dataset,
    validation: Dataset | None = None,
    *,
    state: TrainingState | None = None,
    scaling: Scaling | None = None,
    sample_weights: FloatArray | None = None,
    callbacks: Sequence[Callback] = (),
    threads: int | None = None,
    ranks: Ranks = ALONE,
) -> TrainingResult:
    """Train the plan's network on `data`.

    Args:
        plan: what to train and how.
        data: the training part.
        validation: a part that is not trained on; decides which epoch's weights are kept.
        state: where to begin or to go on, from `begin` for this plan and these data; it moves along
            with the run. A run that goes on ends with the same bits as one that was never stopped.
        scaling: what pixels go through first; fitted on `data` by default.
        sample_weights: (n_samples,) how much each sample counts; all alike by default.
        callbacks: are told of every step and epoch.
        threads: how many; as many as there are cores by default. The result does not depend on it.
        ranks: the processes that train together; each calls this with the same plan, data and
            state, and returns the same result, which does not depend on how many they are. A
            callback may be told in one of them only; where it ends the run, all end.

    Raises:
        ShapeError: the network does not fit the pictures or the classes.
        SettingError: there is nothing to train on, or a sample weight is negative; or ranks came
            to other weights than the first.
        DivergedError: the loss or a gradient stopped being a finite number.
    """
    state = state or begin(plan, data)
    progress = state.progress
    progress.stopped = None
    scaling = scaling or Scaling.fit(data.images)
    if sample_weights is None:
        sample_weights = np.ones(len(data), plan.precision)
    elif sample_weights.shape != (len(data),) or not (sample_weights >= 0).all():
        raise SettingError("sample_weights must be (n_samples,) numbers that are not negative")
    if plan.patience is not None:
        callbacks = (*callbacks, EarlyStopping(plan.patience))
    started = time.perf_counter() - progress.seconds
    with Workers(ranks.threads if threads is None else threads) as workers:
        step = Step(plan, state.weights, scaling, workers, ranks)
        _tell(callbacks, "on_train_begin", progress, ranks)
        try:
            while len(progress.history) < plan.epochs and not progress.stopped:
                if len(progress.history) == progress.epoch:
                    progress.begin_epoch()
                _run_epoch(step, data, sample_weights, progress, callbacks, started, ranks)
                if progress.n_seen == len(data):
                    _end_epoch(state, scaling, validation, workers, ranks)
                    _tell(callbacks, "on_epoch_end", progress, ranks)
        finally:
            for callback in callbacks:
                callback.on_train_end(progress)
    is_complete = len(progress.history) == plan.epochs
    return TrainingResult(
        parameters=state.best_parameters(),
        scaling=scaling,
        history=tuple(progress.history),
        best_epoch=state.best.epoch,
        stopped=None if is_complete else progress.stopped,
        finished=is_complete or progress.finished,
        seconds=time.perf_counter() - started,
    )


def _run_epoch(
    step: Step,
    data: Dataset,
    sample_weights: FloatArray,
    progress: Progress,
    callbacks: Sequence[Callback],
    started: float,
    ranks: Ranks,
) -> None:
    plan = progress.plan
    order = generator(plan.seed, Purpose.SHUFFLE, progress.epoch).permutation(len(data))
    for start in range(progress.n_seen, len(data), plan.batch_size):
        indices = order[start : start + plan.batch_size]
        result = step(data, indices, sample_weights, progress.epoch, start // plan.batch_size)
        progress.loss_sum += result.loss * len(indices)
        progress.n_correct += result.n_correct
        progress.n_seen += len(indices)
        progress.seconds = time.perf_counter() - started
        _tell(callbacks, "on_step_end", progress, ranks)
        if progress.stopped:
            return


def _end_epoch(
    state: TrainingState,
    scaling: Scaling,
    validation: Dataset | None,
    workers: Workers,
    ranks: Ranks,
) -> None:
    progress, weights = state.progress, state.weights
    check_same(ranks, weights.parameters.whole, "the weights")
    plan = progress.plan
    averaged = state.averaged()
    validation_loss = validation_accuracy = None
    if validation is not None:
        logits = predict_logits(
            plan.network, averaged.views, scaling, validation.images, workers, ranks
        )
        even = np.full(len(validation), 1 / len(validation), logits.dtype)
        validation_loss, _ = plan.loss(logits, validation.labels, even)
        validation_accuracy = count_right(logits, validation.labels) / len(validation)
        progress.confused = most_confused(logits, validation)
    decayed_weights = weights.parameters.vector * weights.parameters.decayed()
    record = EpochRecord(
        epoch=progress.epoch,
        lr=plan.schedule.lr_at(weights.step),
        loss=progress.loss,
        accuracy=progress.accuracy,
        penalty=(l1_penalty(decayed_weights, plan.l1)[0] if plan.l1 else 0.0)
        + (l2_penalty(decayed_weights, plan.l2)[0] if plan.l2 else 0.0),
        validation_loss=validation_loss,
        validation_accuracy=validation_accuracy,
    )
    progress.history.append(record)
    state.best.offer(averaged, record)


def _tell(callbacks: Sequence[Callback], occasion: str, progress: Progress, ranks: Ranks) -> None:
    """Tell each callback, and let all ranks end where one of them wants to."""
    for callback in callbacks:
        getattr(callback, occasion)(progress)
    progress.stopped = ranks.agree(progress.stopped)
