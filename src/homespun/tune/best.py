"""The best trial as a run: trained with its settings like any other run, judged and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homespun.data import Dataset, Manifest, Preparation
from homespun.runs.execute import execute, prepare
from homespun.runs.folder import RunFolder
from homespun.training import Callback
from homespun.tune.folder import StudyFolder
from homespun.tune.search import Say
from homespun.tune.tried import Tried
from homespun.tune.wanted import Wanted


@dataclass(frozen=True)
class Best:
    """The best trial, kept.

    Attributes:
        trial: what was tried.
        run: the folder of the run.
        record: its record.
    """

    trial: Tried
    run: RunFolder
    record: Mapping[str, Any]

    @property
    def is_as_tried(self) -> bool:
        """Whether the run has the very weights of the trial; other machines round differently."""
        same: bool = self.record["result"]["weight_hash"] == self.trial.weight_hash
        return same


def keep_best(
    folder: StudyFolder,
    wanted: Wanted,
    best: Tried,
    training_file: Dataset,
    test: Dataset,
    *,
    threads: int | None = None,
    callbacks: Sequence[Callback] = (),
    preparation: Preparation | None = None,
    manifest: Manifest | None = None,
    say: Say = lambda line: None,
) -> Best:
    """Train with the settings of the best trial, and keep the run in the search's folder.

    It is the first to look at the test pictures. One that has ended there is left as it is, and one
    that was interrupted goes on.

    Args:
        folder: of the search.
        wanted: what was searched.
        best: the trial.
        training_file: is split as in the search.
        test: chooses nothing; it is looked at once, at the end.
        threads: how many; the result does not depend on it.
        callbacks: look on.
        preparation: what photos must go through to be like these pictures.
        manifest: which picture of a user's folder is in which part.
        say: is given lines for people.

    Raises:
        FileError: another process is at it, or the run cannot be written.
        ModelFileError: the run's record is damaged.
    """
    run, settings = folder.run_of(best.trial), wanted.settings(best.values)
    record = prepare(run, settings) or execute(
        run,
        settings,
        training_file,
        test,
        threads=threads,
        callbacks=callbacks,
        preparation=preparation,
        manifest=manifest,
        say=say,
    )
    return Best(best, run, record)
