"""What was tried so far: a row for each trial, as plain values for tables, pages and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from homespun.models.knobs import as_text
from homespun.tune.optional import optuna
from homespun.tune.space import as_tried

COMPLETE, PRUNED, FAILED = "complete", "pruned", "failed"
INTERRUPTED, RUNNING, WAITING = "interrupted", "running", "waiting"

_STATES = {
    optuna.trial.TrialState.COMPLETE: COMPLETE,
    optuna.trial.TrialState.PRUNED: PRUNED,
    optuna.trial.TrialState.RUNNING: RUNNING,
    optuna.trial.TrialState.WAITING: WAITING,
}
_FEWEST_TO_WEIGH = 8
"""Complete trials before it is said which setting mattered: fewer tell nothing."""


@dataclass(frozen=True)
class Tried:
    """One trial.

    Attributes:
        trial: its number, counted from 0.
        state: complete, pruned, failed, interrupted (it is tried again), running or waiting.
        accuracy: on held-out pictures, of its best epoch; None where none was completed.
        values: what was tried, by name: epochs, and knobs.
        epochs: how many were completed.
        seconds: how long it took.
        weight_hash: of its weights where it is complete.
        why: why it ended early, or None.
    """

    trial: int
    state: str
    accuracy: float | None
    values: Mapping[str, Any]
    epochs: int
    seconds: float
    weight_hash: str | None
    why: str | None


def tried_in(study: optuna.Study) -> list[Tried]:
    """Return all trials of the study, in order."""
    return [_row(trial) for trial in study.get_trials(deepcopy=False)]


def best_of(rows: Sequence[Tried]) -> Tried | None:
    """Return the complete trial with the highest accuracy, the first of equals, or None."""
    complete = [row for row in rows if row.state == COMPLETE]
    return max(complete, key=lambda row: row.accuracy or 0.0, default=None)


def best_first(rows: Sequence[Tried]) -> list[Tried]:
    """Return the trials that are over: complete ones from the best down, then the others."""
    over = [row for row in rows if row.state in (COMPLETE, PRUNED, FAILED)]
    return sorted(over, key=lambda row: (row.state != COMPLETE, -(row.accuracy or 0.0)))


def counts_of(rows: Sequence[Tried]) -> dict[str, int]:
    """Return how many trials were begun, by what has become of them."""
    states = (COMPLETE, PRUNED, FAILED, INTERRUPTED, RUNNING)
    counts = {state: sum(row.state == state for row in rows) for state in states}
    return {state: count for state, count in counts.items() if count}


def importances_of(study: optuna.Study) -> dict[str, float]:
    """Return the share of the differences in accuracy that each setting explains, largest first.

    Nothing is returned where too few trials tell.

    Source: Hutter, Hoos and Leyton-Brown, 2014, "An efficient approach for assessing hyperparameter
    importance" (fANOVA), as Optuna has it; the forest's seed is fixed.
    """
    complete = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
    if len(complete) < _FEWEST_TO_WEIGH or len({trial.value for trial in complete}) == 1:
        return {}
    judge = optuna.importance.FanovaImportanceEvaluator(seed=0)
    found = optuna.importance.get_param_importances(study, evaluator=judge)
    return {name: float(share) for name, share in found.items()}


def to_csv(rows: Sequence[Tried]) -> str:
    """Return the trials as text of comma-separated values, a column for each value tried."""
    names = sorted({name for row in rows for name in row.values})
    out = io.StringIO()
    columns = ["trial", "state", "accuracy", *names, "epochs_done", "seconds", "weight_hash", "why"]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = {**asdict(row), "epochs_done": row.epochs, **dict.fromkeys(names), **row.values}
        writer.writerow("" if cells[name] is None else as_text(cells[name]) for name in columns)
    return out.getvalue()


def _row(trial: optuna.trial.FrozenTrial) -> Tried:
    told = trial.user_attrs
    # one that fails says why; one that does not was cut off, or its process was
    failed = FAILED if "why" in told else INTERRUPTED
    return Tried(
        trial=trial.number,
        state=_STATES.get(trial.state, failed),
        accuracy=told.get("accuracy"),
        values=as_tried(trial.params),
        epochs=told.get("epochs", 0),
        seconds=told.get("seconds", 0.0),
        weight_hash=told.get("weight_hash"),
        why=told.get("why"),
    )
