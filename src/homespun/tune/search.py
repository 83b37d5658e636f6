"""The search: trial after trial, each with settings that the trials before make promising."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from homespun.data import Dataset, Manifest
from homespun.errors import FileError, SettingError
from homespun.files import make_folder, write_durably
from homespun.runs.job import Job
from homespun.training import Callback, TimeLimit, begin
from homespun.tune.folder import StudyFolder
from homespun.tune.journal import open_journal
from homespun.tune.optional import optuna
from homespun.tune.space import as_tried, own_values_of, space_around
from homespun.tune.trial import carry_out
from homespun.tune.tried import (
    RUNNING,
    Tried,
    best_of,
    importances_of,
    to_csv,
    tried_in,
)
from homespun.tune.turns import COUNTED, next_trial, tell, write_down
from homespun.tune.wanted import Wanted
from homespun.tune.workers import Worker

Say: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """What a search has come to.

    Attributes:
        rows: every trial of all who took part, in order.
        stopped: why this process ended before all trials were begun, or None.
        n_own: how many trials it carried out.
        study: what Optuna knows of them.
    """

    rows: tuple[Tried, ...]
    stopped: str | None
    n_own: int
    study: optuna.Study = field(repr=False)

    @property
    def best(self) -> Tried | None:
        """The best trial that is complete, or None."""
        return best_of(self.rows)

    @cached_property
    def importances(self) -> dict[str, float]:
        """The share of the differences in accuracy that each setting explains, largest first.

        There are none where too few trials tell. It takes a second or two.
        """
        return importances_of(self.study)

    @property
    def n_running(self) -> int:
        """How many trials others are at."""
        return sum(row.state == RUNNING for row in self.rows)


def search(
    folder: StudyFolder,
    wanted: Wanted,
    training_file: Dataset,
    n_trials: int,
    *,
    seconds: float | None = None,
    manifest: Manifest | None = None,
    threads: int | None = None,
    callbacks: Sequence[Callback] = (),
    say: Say = lambda line: None,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """Try settings until the folder holds `n_trials` trials, and return what was found.

    The first trial is the recipe as it is. Any number of processes may do this on one folder at
    once, and one that is interrupted may go on: the folder's journal is what they share. Trials are
    judged on the pictures held out of the training file. The same seed in one process gives the
    same trials, whether or not it was interrupted between.

    Args:
        folder: of the search; it is made if it is not there.
        wanted: what is tried, and what is fixed.
        training_file: is split into a training and a validation part.
        n_trials: how many trials in all, those of others and of before included.
        seconds: begin no trial after this time, and end the one that runs.
        manifest: which picture of a user's folder is in which part; kept with the search.
        threads: how many; the result does not depend on it.
        callbacks: look on at every trial; where one ends it, the search ends.
        say: is given lines for people.
        clock: tells seconds.

    Raises:
        FileError: the folder holds another search or other files, or cannot be written.
        ModelFileError: the folder's record or journal is damaged.
        SettingError: what is wanted does not fit the data, or nothing is held out.
    """
    own = own_values_of(wanted)
    about = _about_data(wanted, own, training_file)
    end = None if seconds is None else clock() + seconds
    check_folder(folder)
    make_folder(folder.path)
    with folder.alone():
        write_down(folder, wanted, about, manifest)
        study = open_journal(folder)
        if not study.get_trials(deepcopy=False):
            study.enqueue_trial(own)
    space, worker = space_around(own), Worker.here(folder.workers)
    stopped, n_own = None, 0
    with worker.lock:
        while stopped is None:
            left = None if end is None else end - clock()
            if left is not None and left <= 0:
                stopped = "the time limit is reached"
                break
            trial = next_trial(folder, study, wanted.seed, space, n_trials, worker)
            if trial is None:
                break
            limit = [] if left is None else [TimeLimit(left)]
            settings = wanted.settings(as_tried(trial.params))
            try:
                outcome = carry_out(
                    settings,
                    training_file,
                    trial,
                    callbacks=[*callbacks, *limit],
                    threads=threads,
                )
                stopped, n_own = tell(study, trial, outcome), n_own + 1
            except optuna.exceptions.UpdateFinishedTrialError:
                say(f"trial {trial.number}: does not count, since others took us for dead")
            _show(folder, tried_in(study), trial.number, n_trials, say)
    return Found(tuple(tried_in(study)), stopped, n_own, study)


def check_folder(folder: StudyFolder) -> None:
    """Refuse a folder that holds other files than a search's.

    Raises:
        FileError: it does.
    """
    if not folder.path.exists() or folder.record.exists():
        return
    if not folder.path.is_dir() or any(not folder.is_ours(path) for path in folder.path.iterdir()):
        raise FileError(folder.path, "holds other files; choose another folder for the search")


def _about_data(wanted: Wanted, own: Mapping[str, Any], training_file: Dataset) -> dict[str, Any]:
    """Return how the record describes the data; refuse what no trial could do."""
    job = Job.of(wanted.settings(own), training_file)
    if job.validation is None:
        raise SettingError("a search judges by held-out pictures, and none are held out")
    begin(job.plan, job.data)
    return dict(job.about_data)


def _show(folder: StudyFolder, rows: Sequence[Tried], number: int, n_trials: int, say: Say) -> None:
    """Say what a trial came to, and write the table anew."""
    row, best = rows[number], best_of(rows)
    words = row.state if row.accuracy is None else f"{row.state}, {row.accuracy:.2%} held out"
    if row.why:
        words += f" ({row.why})"
    if best is not None:
        words += f"; best {best.accuracy:.2%}, trial {best.trial}"
    n_done = sum(row.state in COUNTED and row.state != RUNNING for row in rows)
    say(f"trial {number}: {words}; {n_done} of {n_trials} done")
    try:
        write_durably(folder.table, to_csv(rows).encode())
    except FileError as error:  # the journal has it all; there may be room at the end
        say(str(error))
