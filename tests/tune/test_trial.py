from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from homespun.data import Dataset
from homespun.runs.execute import execute
from homespun.runs.folder import RunFolder, Settings
from homespun.training import Callback, Progress, TimeLimit
from homespun.tune.trial import PRUNED, carry_out

SETTINGS = Settings("fast", seed=3, epochs=4, validation=60)


class Judge:
    """Notes what it is told, and ends the trial when it has come to the tenth `until`."""

    def __init__(self, until: int | None = None) -> None:
        self.told: list[tuple[int, float]] = []
        self.until = until

    def report(self, value: float, step: int) -> None:
        self.told.append((step, value))

    def should_prune(self) -> bool:
        return self.until is not None and self.told[-1][0] >= self.until


def test_a_trial_is_the_run_with_its_settings(
    training_file: Dataset, test_file: Dataset, tmp_path: Any
) -> None:
    settings = replace(SETTINGS, changes={"lr": 0.3, "width": 0.5})
    outcome = carry_out(settings, training_file, Judge())
    record = execute(RunFolder(tmp_path / "run"), settings, training_file, test_file)
    assert outcome.state == "complete"
    assert outcome.weight_hash == record["result"]["weight_hash"]
    rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()[1:]
    held_out = [float(row.split(",")[-1]) for row in rows]
    assert outcome.accuracy == max(held_out)
    assert (outcome.epochs, outcome.why) == (4, None)


@pytest.mark.parametrize(
    ("epochs", "tenths"),
    [(4, [2, 5, 7, 10]), (1, [10]), (12, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])],
)
def test_each_tenth_of_the_way_is_told_once(
    training_file: Dataset, epochs: int, tenths: list[int]
) -> None:
    judge = Judge()
    carry_out(replace(SETTINGS, epochs=epochs), training_file, judge)
    assert [step for step, _ in judge.told] == tenths


def test_a_trial_that_is_behind_ends(training_file: Dataset) -> None:
    outcome = carry_out(SETTINGS, training_file, Judge(until=5))
    assert (outcome.state, outcome.epochs, outcome.weight_hash) == ("pruned", 2, None)
    assert outcome.why == PRUNED
    assert outcome.accuracy is not None


def test_a_trial_at_its_end_is_complete_whatever_others_did(training_file: Dataset) -> None:
    assert carry_out(SETTINGS, training_file, Judge(until=10)).state == "complete"


def test_a_trial_that_is_stopped_is_interrupted(training_file: Dataset) -> None:
    settings = replace(SETTINGS, changes={"batch_size": 32})  # four steps an epoch
    outcome = carry_out(settings, training_file, Judge(), callbacks=[TimeLimit(0)])
    assert (outcome.state, outcome.accuracy, outcome.epochs) == ("interrupted", None, 0)
    assert outcome.why == "the time limit is reached"


class _Fail(Callback):
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def on_step_end(self, progress: Progress) -> None:
        raise self.error


def test_numbers_that_stop_being_finite_are_a_failed_trial(training_file: Dataset) -> None:
    settings = replace(SETTINGS, recipe="mlp", changes={"lr": 1e30, "batch_size": 32})
    outcome = carry_out(settings, training_file, Judge())
    assert outcome.state == "failed"
    assert outcome.why is not None
    assert "the loss is nan in step 2 (learning rate 5e+29)" in outcome.why


def test_memory_that_is_not_there_is_a_failed_trial(training_file: Dataset) -> None:
    outcome = carry_out(SETTINGS, training_file, Judge(), callbacks=[_Fail(MemoryError())])
    assert (outcome.state, outcome.why) == ("failed", "MemoryError")


def test_an_error_of_ours_is_none_of_the_trials(training_file: Dataset) -> None:
    with pytest.raises(KeyError, match="a slip"):
        carry_out(SETTINGS, training_file, Judge(), callbacks=[_Fail(KeyError("a slip"))])
    with pytest.raises(KeyboardInterrupt):
        carry_out(SETTINGS, training_file, Judge(), callbacks=[_Fail(KeyboardInterrupt())])
