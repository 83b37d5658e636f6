from __future__ import annotations

import csv
from typing import Any

import pytest

from homespun.tune.optional import optuna
from homespun.tune.tried import (
    Tried,
    best_first,
    best_of,
    counts_of,
    importances_of,
    to_csv,
    tried_in,
)

State = optuna.trial.TrialState
WIDTH = optuna.distributions.FloatDistribution(0.5, 1.5)
LR = optuna.distributions.FloatDistribution(0.01, 1.0, log=True)


def row(number: int, state: str, accuracy: float | None, **values: Any) -> Tried:
    return Tried(
        number, state, accuracy, values, 3, 1.5, "ab" if state == "complete" else None, None
    )


ROWS = [
    row(0, "complete", 0.5, lr=0.1, augment=True),
    row(1, "failed", None, lr=1.0, augment=False),
    row(2, "complete", 0.75, lr=0.2, augment=False),
    row(3, "interrupted", 0.9),
    row(4, "complete", 0.75, lr=0.3, augment=True),
    row(5, "pruned", 0.8, lr=0.4, augment=True),
    row(6, "running", None, lr=0.5, augment=True),
    row(7, "waiting", None),
]


def test_the_best_is_complete_and_the_first_of_equals() -> None:
    best = best_of(ROWS)
    assert best is not None
    assert best.trial == 2
    assert best_of(ROWS[5:]) is None
    assert best_of([]) is None


def test_the_best_come_first_and_what_is_not_over_not_at_all() -> None:
    assert [one.trial for one in best_first(ROWS)] == [2, 4, 0, 5, 1]


def test_trials_that_were_begun_are_counted() -> None:
    assert counts_of(ROWS) == {
        "complete": 3, "pruned": 1, "failed": 1, "interrupted": 1, "running": 1
    }  # fmt: skip


def test_the_table_has_a_column_for_each_value() -> None:
    table = list(csv.DictReader(to_csv(ROWS).splitlines()))
    assert len(table) == len(ROWS)
    assert table[0] == {
        "trial": "0", "state": "complete", "accuracy": "0.5", "augment": "yes", "lr": "0.1",
        "epochs_done": "3", "seconds": "1.5", "weight_hash": "ab", "why": "",
    }  # fmt: skip
    assert (table[1]["accuracy"], table[1]["augment"], table[7]["lr"]) == ("", "no", "")


def test_what_is_tried_and_what_was_done_do_not_share_a_column() -> None:
    """A trial may be pruned after 3 of the 10 epochs that it was to have."""
    told = next(csv.DictReader(to_csv([row(0, "pruned", 0.5, epochs=10)]).splitlines()))
    assert (told["epochs"], told["epochs_done"]) == ("10", "3")


def a_trial(state: Any, value: float | None = None, **told: Any) -> Any:
    return optuna.trial.create_trial(state=state, value=value, user_attrs=told)


def test_what_optuna_knows_becomes_rows() -> None:
    study = optuna.create_study()
    study.add_trial(a_trial(State.COMPLETE, 0.5, accuracy=0.5, epochs=3, weight_hash="ab"))
    study.add_trial(a_trial(State.PRUNED, accuracy=0.25, seconds=1.5))
    study.add_trial(a_trial(State.FAIL, why="not finite"))
    study.add_trial(a_trial(State.FAIL))
    study.add_trial(a_trial(State.RUNNING))
    study.add_trial(a_trial(State.WAITING))
    found = tried_in(study)
    states = ["complete", "pruned", "failed", "interrupted", "running", "waiting"]
    assert [one.state for one in found] == states
    assert found[0] == Tried(0, "complete", 0.5, {}, 3, 0.0, "ab", None)
    assert found[1] == Tried(1, "pruned", 0.25, {}, 0, 1.5, None, None)
    assert found[2] == Tried(2, "failed", None, {}, 0, 0.0, None, "not finite")


def study_of(values: list[tuple[float, float, float]]) -> optuna.Study:
    study = optuna.create_study(direction="maximize")
    for lr, width, accuracy in values:
        study.add_trial(
            optuna.trial.create_trial(
                params={"lr": lr, "width": width},
                distributions={"lr": LR, "width": WIDTH},
                value=accuracy,
            )
        )
    return study


def test_what_decides_is_the_important_setting() -> None:
    """The accuracy is the width here, and the learning rate goes up and down meanwhile."""
    values = [(0.02 + 0.5 * (i % 2), 0.5 + i / 20, 0.5 + i / 20) for i in range(20)]
    shares = importances_of(study_of(values))
    assert list(shares) == ["width", "lr"]
    assert shares["width"] > 0.9
    assert sum(shares.values()) == pytest.approx(1)
    assert importances_of(study_of(values)) == shares


def test_few_trials_or_none_that_differ_tell_nothing() -> None:
    values = [(0.02 + 0.05 * i, 0.5 + i / 20, 0.5 + i / 20) for i in range(8)]
    assert importances_of(study_of(values))
    assert importances_of(study_of(values[:7])) == {}
    assert importances_of(study_of([(lr, width, 0.5) for lr, width, _ in values])) == {}


def test_a_row_is_what_its_trial_used() -> None:
    study = study_of([(0.0123456, 0.75, 0.5)])
    assert tried_in(study)[0].values == {"lr": 0.0123, "width": 0.75}
