"""One trial: a training run that is judged on held-out pictures and leaves nothing but figures."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from homespun.data import Dataset
from homespun.errors import HomespunError
from homespun.runs.folder import Settings
from homespun.runs.job import Job
from homespun.training import Callback, Progress, train

PRUNED = "behind the others"


class Judge(Protocol):
    """What hears how a trial does on the way and may end it; an Optuna trial is one."""

    def report(self, value: float, step: int) -> None:
        """Take the accuracy after this step."""
        ...

    def should_prune(self) -> bool:
        """Return whether the trial had better end here."""
        ...


class Prune(Callback):
    """Ends a run that does worse on held-out pictures than others did as far on their way.

    Trials need not have the same number of epochs, so what is compared is the tenth of its way that
    a trial has come to, not the epoch.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._last = 0

    def on_epoch_end(self, progress: Progress) -> None:
        """Report the epoch that ends a tenth of the way, and end the run if it is behind."""
        n_done, n_epochs = len(progress.history), progress.plan.epochs
        tenth = 10 * n_done // n_epochs
        accuracy = progress.history[-1].validation_accuracy
        if accuracy is None or tenth == self._last:
            return
        self._last = tenth
        self._judge.report(accuracy, tenth)
        if self._judge.should_prune():  # at the end of its way it is complete all the same
            progress.stop(PRUNED)


@dataclass(frozen=True)
class Outcome:
    """What a trial came to.

    Attributes:
        state: complete, pruned, failed, or interrupted, which may be tried again.
        accuracy: share of the held-out pictures that its best epoch answered rightly; None before
            the first was over.
        epochs: how many were completed.
        seconds: how long it took.
        weight_hash: of the best epoch's weights, where it is complete.
        why: why it ended early, or None.
    """

    state: str
    accuracy: float | None = None
    epochs: int = 0
    seconds: float = 0.0
    weight_hash: str | None = None
    why: str | None = None


def carry_out(
    settings: Settings,
    training_file: Dataset,
    judge: Judge,
    *,
    callbacks: Sequence[Callback] = (),
    threads: int | None = None,
) -> Outcome:
    """Train with these settings and return what came of it; nothing is written.

    Settings that cannot work, numbers that stop being finite and memory that is not there are
    outcomes, too: they tell of the settings, and the search goes on.
    """
    try:
        job = Job.of(settings, training_file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # overflow: the accuracy tells of it
            result = train(
                job.plan,
                job.data,
                job.validation,
                threads=threads,
                callbacks=[*callbacks, Prune(judge)],
            )
    except (ArithmeticError, HomespunError, MemoryError) as error:
        return Outcome("failed", why=str(error) or type(error).__name__)
    known = [record.validation_accuracy for record in result.history]
    accuracy = max((value for value in known if value is not None), default=None)
    is_complete = result.finished
    state = "complete" if is_complete else "pruned" if result.stopped == PRUNED else "interrupted"
    return Outcome(
        state=state,
        accuracy=accuracy,
        epochs=len(result.history),
        seconds=round(result.seconds, 3),
        weight_hash=result.parameters.weight_hash() if is_complete else None,
        why=result.stopped,
    )
