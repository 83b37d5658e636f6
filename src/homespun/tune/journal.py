"""The journal of a search: every event of every trial, written by all who take part."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from homespun.errors import FileError, ModelFileError
from homespun.tune.folder import StudyFolder
from homespun.tune.lock import FileLock
from homespun.tune.optional import JournalFileBackend, optuna

_NAME = "search"
_BEFORE_PRUNING = 4
"""Trials that must have come to their end before others are judged by them on the way."""
_FIRST_TENTH = 3
"""The tenth of a trial from which on it may be ended: before, the learning rate still rises."""


def open_journal(folder: StudyFolder) -> optuna.Study:
    """Return the study whose trials stand in the folder's journal; there may be none yet.

    Raises:
        FileError: the journal cannot be read or written.
        ModelFileError: it is damaged.
    """
    place = str(folder.journal)
    lock = FileLock(place)
    try:
        _mend(folder.journal, lock)
        storage = optuna.storages.JournalStorage(JournalFileBackend(place, lock_obj=lock))
        return optuna.create_study(
            storage=storage,
            study_name=_NAME,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(
                n_startup_trials=_BEFORE_PRUNING, n_warmup_steps=_FIRST_TENTH
            ),
        )
    except OSError as error:
        raise FileError(folder.journal, f"cannot be read or written ({error.strerror})") from error
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ModelFileError(folder.journal, f"is not a search's journal ({error!r})") from error


def seeded_sampler(seed: int, n_before: int) -> optuna.samplers.TPESampler:
    """Return what draws the next trial: same seed, same trials before, same draw.

    It depends on no other process, and on no draw before, so that a search that was interrupted
    draws as if it had not been, and two that take part never draw the same.

    Source: Bergstra et al., 2011, "Algorithms for hyper-parameter optimization", section 4.

    Args:
        seed: of the search.
        n_before: how many trials were begun before.
    """
    own = np.random.SeedSequence([seed, n_before]).generate_state(1)[0]
    return optuna.samplers.TPESampler(seed=int(own))


def _mend(journal: Path, lock: FileLock) -> None:
    """Take a last line off that a crash has cut: what is written next would be glued to it."""
    with suppress(FileNotFoundError), open(journal, "r+b") as file:
        lock.acquire()
        try:
            lines = file.read()
            file.truncate(lines.rfind(b"\n") + 1)
        finally:
            lock.release()
