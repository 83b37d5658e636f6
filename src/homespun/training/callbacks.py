"""Callbacks: what wants to know of a training run, or to end it, without being part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from homespun.training.history import EpochRecord
from homespun.training.plan import Plan


@dataclass
class Progress:
    """Where a run stands; what callbacks are shown.

    Attributes:
        plan: what is trained and how.
        n_samples: pictures an epoch.
        epoch: the epoch that runs, counted from 1.
        n_seen: pictures of this epoch seen so far.
        loss_sum: the sum of their losses.
        n_correct: how many of them were answered rightly.
        seconds: of training so far, those before an interruption included.
        history: the epochs that are complete.
        confused: the pair of classes confused most in the last validation: the true one, what it
            was taken for, and how often; None if nothing was.
        stopped: why the run ends before its last epoch, or None.
        finished: nothing is left to train: all epochs are done, or the plan itself ended the run.
    """

    plan: Plan
    n_samples: int
    epoch: int = 0
    n_seen: int = 0
    loss_sum: float = 0.0
    n_correct: int = 0
    seconds: float = 0.0
    history: list[EpochRecord] = field(default_factory=list)
    confused: tuple[str, str, int] | None = None
    stopped: str | None = None
    finished: bool = False

    @property
    def loss(self) -> float:
        """The mean training loss of this epoch so far."""
        return self.loss_sum / self.n_seen if self.n_seen else 0.0

    @property
    def accuracy(self) -> float:
        """The training accuracy of this epoch so far."""
        return self.n_correct / self.n_seen if self.n_seen else 0.0

    def begin_epoch(self) -> None:
        """Set the figures of an epoch back."""
        self.epoch += 1
        self.n_seen, self.loss_sum, self.n_correct = 0, 0.0, 0

    def stop(self, reason: str) -> None:
        """End the run after this step; the first reason given is kept."""
        self.stopped = self.stopped or reason


class Callback:
    """Does nothing at each occasion; a callback overrides what it cares for."""

    def on_train_begin(self, progress: Progress) -> None:
        """Before the first step."""

    def on_step_end(self, progress: Progress) -> None:
        """After each update."""

    def on_epoch_end(self, progress: Progress) -> None:
        """After validation; the epoch's record is the last of the history."""

    def on_train_end(self, progress: Progress) -> None:
        """After the last step, however the run ended."""


class EarlyStopping(Callback):
    """End the run when the validation loss has not fallen for `patience` epochs."""

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def on_train_begin(self, progress: Progress) -> None:
        """Look at the epochs before an interruption: the last of them may have been the last."""
        if progress.history:
            self.on_epoch_end(progress)

    def on_epoch_end(self, progress: Progress) -> None:
        """Look at how long ago the best epoch was."""
        losses = [record.validation_loss for record in progress.history]
        if _epochs_since_best(losses) >= self.patience:
            progress.stop(f"no better validation loss for {self.patience} epochs")
            progress.finished = True


class TimeLimit(Callback):
    """End the run after the first step that ends `seconds` or more after it began or went on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def on_train_begin(self, progress: Progress) -> None:
        """Add what an earlier part of the run took, which does not count."""
        self._end = progress.seconds + self.seconds

    def on_step_end(self, progress: Progress) -> None:
        """Look at the time."""
        if progress.seconds >= self._end:
            progress.stop("the time limit is reached")


def _epochs_since_best(losses: Sequence[float | None]) -> int:
    known = [loss for loss in losses if loss is not None]
    return len(known) - 1 - known.index(min(known)) if known else 0
