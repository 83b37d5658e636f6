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
        loss: mean training loss of this epoch so far.
        accuracy: training accuracy of this epoch so far.
        seconds: since the run started.
        history: the epochs that are complete.
        stopped: why the run ends before its last epoch, or None.
    """

    plan: Plan
    n_samples: int
    epoch: int = 0
    n_seen: int = 0
    loss: float = 0.0
    accuracy: float = 0.0
    seconds: float = 0.0
    history: list[EpochRecord] = field(default_factory=list)
    stopped: str | None = None

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

    def on_epoch_end(self, progress: Progress) -> None:
        """Look at how long ago the best epoch was."""
        losses = [record.validation_loss for record in progress.history]
        if _epochs_since_best(losses) >= self.patience:
            progress.stop(f"no better validation loss for {self.patience} epochs")


def _epochs_since_best(losses: Sequence[float | None]) -> int:
    known = [loss for loss in losses if loss is not None]
    return len(known) - 1 - known.index(min(known)) if known else 0
