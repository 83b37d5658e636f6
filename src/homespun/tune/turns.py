"""Taking turns: how those who take part in a search come by their trials, and tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from homespun.data import Manifest
from homespun.errors import FileError
from homespun.tune.folder import StudyFolder
from homespun.tune.journal import seeded_sampler
from homespun.tune.optional import optuna
from homespun.tune.space import Space
from homespun.tune.trial import Outcome
from homespun.tune.tried import COMPLETE, FAILED, INTERRUPTED, PRUNED, RUNNING, tried_in
from homespun.tune.wanted import Wanted
from homespun.tune.workers import Worker, has_died

_State: TypeAlias = optuna.trial.TrialState

COUNTED = (COMPLETE, PRUNED, FAILED, RUNNING)
"""What is one of the trials that were asked for; one that was interrupted is made up for."""


def write_down(
    folder: StudyFolder, wanted: Wanted, about: Mapping[str, Any], manifest: Manifest | None
) -> None:
    """Write down what is searched, or hold it against what the folder says."""
    if not folder.record.exists():
        if manifest is not None:
            manifest.write(folder.manifest)
        folder.write_record(wanted, about)
        return
    record = folder.read_record()
    if Wanted(**record["wanted"]) != wanted:
        raise FileError(folder.path, "holds another search; choose another folder")
    if record["data"] != about:
        raise FileError(folder.path, "holds a search on other pictures; choose another folder")


def next_trial(
    folder: StudyFolder,
    study: optuna.Study,
    seed: int,
    space: Space,
    n_trials: int,
    worker: Worker,
) -> optuna.Trial | None:
    """Return a trial to carry out, or None where there are as many as were asked for."""
    with folder.alone():
        _give_up_lost(folder, study)
        n_before = sum(row.state in COUNTED for row in tried_in(study))
        if n_before >= n_trials:
            return None
        study.sampler = seeded_sampler(seed, n_before)
        trial = study.ask(space)
        trial.set_user_attr("worker", worker.to_json())
        return trial


def _give_up_lost(folder: StudyFolder, study: optuna.Study) -> None:
    """Let trials whose process has died be tried again."""
    for trial in study.get_trials(deepcopy=False, states=(_State.RUNNING,)):
        worker = trial.user_attrs.get("worker")
        if worker is not None and has_died(folder.workers, worker):
            study.tell(trial.number, state=_State.FAIL, skip_if_finished=True)
            study.enqueue_trial(trial.params)


def tell(study: optuna.Study, trial: optuna.Trial, outcome: Outcome) -> str | None:
    """Write the outcome down; return why the search ends with it, or None."""
    for name in ("accuracy", "epochs", "seconds", "weight_hash"):
        trial.set_user_attr(name, getattr(outcome, name))
    if outcome.state == COMPLETE:
        study.tell(trial, outcome.accuracy, skip_if_finished=True)
    elif outcome.state == PRUNED:
        study.tell(trial, state=_State.PRUNED, skip_if_finished=True)
    else:
        if outcome.state == FAILED:
            trial.set_user_attr("why", outcome.why)
        study.tell(trial, state=_State.FAIL, skip_if_finished=True)
        if outcome.state == INTERRUPTED:
            study.enqueue_trial(trial.params)
            return outcome.why
    return None
