from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from homespun.data import Dataset
from homespun.errors import FileError, ModelFileError, SettingError
from homespun.tune import turns
from homespun.tune.folder import StudyFolder
from homespun.tune.journal import open_journal
from homespun.tune.optional import optuna
from homespun.tune.search import Found, search
from homespun.tune.space import own_values_of, space_around
from homespun.tune.trial import Outcome
from homespun.tune.tried import Tried
from homespun.tune.wanted import Wanted
from homespun.tune.workers import Worker


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Trials that come to the accuracy 1 - lr without any training; what is in the list fails.

    The list holds an outcome, or an error to raise, for each trial in turn; None: as above.
    """
    coming: list[Any] = []

    def carry_out(settings: Any, training_file: Dataset, judge: Any, **_: Any) -> Outcome:
        lr = settings.changes.get("lr", 0.1)
        outcome = coming.pop(0) if coming else None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome or Outcome("complete", 1 - lr, 3, 0.5, f"hash of {lr}")

    monkeypatch.setattr("homespun.tune.search.carry_out", carry_out)
    return coming


INTERRUPTED = Outcome("interrupted", 0.5, 1, 0.1, None, "interrupted")
FAILED = Outcome("failed", why="the loss is nan")


def tried(found: Found) -> list[tuple[Any, ...]]:
    """What of the trials must not depend on when and where they were carried out."""
    return [
        (row.state, row.accuracy, dict(row.values), row.epochs, row.weight_hash)
        for row in found.rows
        if row.state != "interrupted"
    ]


def test_real_trials_are_the_same_again_and_the_first_is_the_recipe_itself(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset
) -> None:
    found = search(folder, wanted, training_file, 4, threads=1)
    other = StudyFolder(folder.path.with_name("other"))
    assert tried(search(other, wanted, training_file, 4, threads=2)) == tried(found)
    assert found.rows[0].values == own_values_of(wanted)
    assert len({str(row.values) for row in found.rows}) == 4
    assert (found.stopped, found.n_own, found.n_running) == (None, 4, 0)
    assert found.best is not None
    assert found.best.accuracy == max(row.accuracy or 0 for row in found.rows)


def test_another_seed_tries_other_settings(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    found = search(folder, wanted, training_file, 3)
    other = StudyFolder(folder.path.with_name("other"))
    others = search(other, replace(wanted, seed=4), training_file, 3)
    assert tried(found)[0] == tried(others)[0], "the recipe itself"
    assert tried(found)[1:] != tried(others)[1:]


def test_the_search_learns_from_its_trials(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    """The accuracy is 1 - lr: after what is drawn at random, lower rates are tried.

    On the logarithmic scale from 0.01 to 0.4 the middle is 0.063.
    """
    found = search(folder, wanted, training_file, 22)
    later = [row.values["lr"] for row in found.rows[12:]]
    assert sum(lr < 0.063 for lr in later) > 7


def test_a_search_goes_on_to_the_trials_of_the_unbroken_one(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    unbroken = search(folder, wanted, training_file, 13)
    broken = StudyFolder(folder.path.with_name("broken"))
    made_up += [INTERRUPTED]
    first = search(broken, wanted, training_file, 13)
    assert (first.stopped, first.n_own) == ("interrupted", 1)
    made_up += [None] * 11 + [INTERRUPTED]
    assert search(broken, wanted, training_file, 13).stopped == "interrupted"
    again = search(broken, wanted, training_file, 13)
    assert again.stopped is None
    assert [row.state for row in again.rows].count("interrupted") == 2
    assert tried(again) == tried(unbroken)


def test_a_failed_trial_is_one_of_them_and_never_the_end(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    made_up += [FAILED, None, FAILED]
    found = search(folder, wanted, training_file, 4)
    assert [row.state for row in found.rows] == ["failed", "complete", "failed", "complete"]
    assert found.rows[0].why == "the loss is nan"
    made_up += [FAILED] * 2
    nothing = search(StudyFolder(folder.path.with_name("all")), wanted, training_file, 2)
    assert nothing.best is None


def test_trials_that_are_really_too_much_fail_alone(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset
) -> None:
    """Weights of the size of the learning rate: what is not finite comes of itself."""
    wild = replace(wanted, recipe="mlp", epochs=2, changes={"lr": 1e30, "batch_size": 32})
    found = search(folder, wild, training_file, 2, threads=1)
    assert [row.state for row in found.rows] == ["failed", "failed"]
    assert all("the loss is nan" in (row.why or "") for row in found.rows)


def test_trials_that_are_behind_are_pruned(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of made-up trials on one journal, the fifth and later do better or worse on their way."""
    numbers = count()

    def carry_out(settings: Any, training_file: Dataset, judge: Any, **_: Any) -> Outcome:
        number = next(numbers)
        accuracy = 0.5 if number < 4 else [0.4, 0.6][number % 2]
        for tenth in (2, 5):
            judge.report(accuracy, tenth)
            if judge.should_prune():
                return Outcome("pruned", accuracy, tenth, 0.1, None, "behind the others")
        return Outcome("complete", accuracy, 10, 0.1, "ab")

    monkeypatch.setattr("homespun.tune.search.carry_out", carry_out)
    found = search(folder, wanted, training_file, 7)
    assert [row.state for row in found.rows] == ["complete"] * 4 + ["pruned", "complete", "pruned"]
    assert found.rows[4].epochs == 5, "at the second tenth the learning rate still rises"
    assert found.rows[4].why is None


def test_trials_of_before_count(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    search(folder, wanted, training_file, 2)
    assert search(folder, wanted, training_file, 2).n_own == 0
    found = search(folder, wanted, training_file, 5)
    assert (found.n_own, len(found.rows)) == (3, 5)


def test_the_time_limit_ends_the_search(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    """The clock goes on by one with each look: 0 at the start, 1 to 3 before trials."""
    ticks = count()
    found = search(folder, wanted, training_file, 9, seconds=3, clock=lambda: float(next(ticks)))
    assert (found.n_own, found.stopped) == (2, "the time limit is reached")


def test_the_trial_that_runs_at_the_time_limit_ends(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset
) -> None:
    """No time is left after the first step, and four steps make an epoch."""
    ticks: Iterator[float] = iter([0.0, 1.0])
    slow = replace(wanted, changes={"batch_size": 32})
    found = search(
        folder, slow, training_file, 9, seconds=1 + 1e-9, threads=1, clock=lambda: next(ticks)
    )
    assert found.stopped == "the time limit is reached"
    assert [(row.state, row.epochs) for row in found.rows] == [("interrupted", 0), ("waiting", 0)]


def test_the_table_is_there_after_each_trial(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    made_up += [None, None, KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        search(folder, wanted, training_file, 9)
    rows = list(csv.DictReader(folder.table.read_text().splitlines()))
    assert [row["state"] for row in rows] == ["complete", "complete"]


def test_people_are_told_what_each_trial_came_to(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    said: list[str] = []
    made_up += [FAILED, Outcome("complete", 0.5, 3, 0.1, "ab"), Outcome("pruned", 0.25, 1)]
    search(folder, wanted, training_file, 3, say=said.append)
    assert said == [
        "trial 0: failed (the loss is nan); 1 of 3 done",
        "trial 1: complete, 50.00% held out; best 50.00%, trial 1; 2 of 3 done",
        "trial 2: pruned, 25.00% held out; best 50.00%, trial 1; 3 of 3 done",
    ]


def test_a_trial_whose_process_died_is_tried_again(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    unbroken = search(StudyFolder(folder.path.with_name("other")), wanted, training_file, 3)
    made_up += [None, KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):  # leaves its trial running, as a kill does
        search(folder, wanted, training_file, 3)
    assert open_journal(folder).trials[1].state.name == "RUNNING"
    found = search(folder, wanted, training_file, 3)
    states = ["complete", "interrupted", "complete", "complete"]
    assert [row.state for row in found.rows] == states
    assert tried(found) == tried(unbroken)


def test_a_trial_of_one_that_lives_is_left_to_it(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    search(folder, wanted, training_file, 1)
    study, own = open_journal(folder), own_values_of(wanted)
    other = Worker.here(folder.workers)
    with other.lock:
        trial = turns.next_trial(folder, study, 3, space_around(own), 3, other)
        assert trial is not None
        found = search(folder, wanted, training_file, 3)
        assert (found.n_own, found.n_running) == (1, 1)
        turns.tell(study, trial, Outcome("complete", 0.99, 3, 0.1, "theirs"))
    found = search(folder, wanted, training_file, 3)
    assert (found.n_own, found.n_running) == (0, 0)
    assert found.best is not None
    assert found.best.weight_hash == "theirs"


def test_a_trial_that_others_gave_up_does_not_count(
    folder: StudyFolder,
    wanted: Wanted,
    training_file: Dataset,
    made_up: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They take a process for dead that is not, as when its disk was lost for a while."""
    said: list[str] = []

    def meanwhile(*_: Any, **__: Any) -> Outcome:
        study = open_journal(folder)
        study.tell(study.trials[-1].number, state=optuna.trial.TrialState.FAIL)
        monkeypatch.undo()
        return Outcome("complete", 0.99, 1, 0.1, "too late")

    monkeypatch.setattr("homespun.tune.search.carry_out", meanwhile)
    found = search(folder, replace(wanted, epochs=1), training_file, 1, say=said.append)
    assert [row.state for row in found.rows] == ["interrupted", "complete"]
    assert "trial 0: does not count, since others took us for dead" in said
    assert found.best is not None
    assert (found.best.trial, found.n_own) == (1, 1)


@pytest.mark.parametrize("change", [{"seed": 9}, {"epochs": None}, {"changes": {"lr": 0.3}}])
def test_another_search_is_left_alone(
    folder: StudyFolder,
    wanted: Wanted,
    training_file: Dataset,
    made_up: list[Any],
    change: dict[str, Any],
) -> None:
    search(folder, wanted, training_file, 1)
    before = folder.journal.read_bytes()
    with pytest.raises(FileError, match="holds another search; choose another folder"):
        search(folder, replace(wanted, **change), training_file, 2)
    assert folder.journal.read_bytes() == before


def test_a_search_on_other_pictures_is_left_alone(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    search(folder, wanted, training_file, 1)
    with pytest.raises(FileError, match="holds a search on other pictures"):
        search(folder, wanted, training_file.take(slice(150)), 2)


def test_a_folder_with_other_files_is_left_alone(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset
) -> None:
    folder.path.mkdir()
    (folder.path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileError, match="holds other files"):
        search(folder, wanted, training_file, 1)
    with pytest.raises(FileError, match="holds other files"):
        search(StudyFolder(folder.path / "thesis.txt"), wanted, training_file, 1)
    assert [path.name for path in folder.path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"validation": 0}, "none are held out"),
        ({"validation": 180}, "hold out"),
        ({"recipe": "quick"}, "no recipe is called"),
        ({"seed": 2**64}, "seed must lie between"),
    ],
)
def test_what_no_trial_could_do_is_refused_and_leaves_no_folder(
    folder: StudyFolder,
    wanted: Wanted,
    training_file: Dataset,
    change: dict[str, Any],
    problem: str,
) -> None:
    with pytest.raises(SettingError, match=problem):
        search(folder, replace(wanted, **change), training_file, 1)
    assert not folder.path.exists()


def test_a_damaged_search_is_one_error(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    search(folder, wanted, training_file, 1)
    folder.journal.write_text("years of work\n" * 2)
    with pytest.raises(ModelFileError, match="is not a search's journal"):
        search(folder, wanted, training_file, 2)


def test_a_disk_that_is_full_for_the_table_alone_is_told(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    said: list[str] = []
    folder.path.mkdir()
    search(folder, wanted, training_file, 1)
    folder.table.unlink()
    folder.table.mkdir()
    found = search(folder, wanted, training_file, 2, say=said.append)
    assert found.n_own == 1
    assert "trials.csv: cannot be written" in said[-1]


def test_rows_are_plain_values(
    folder: StudyFolder, wanted: Wanted, training_file: Dataset, made_up: list[Any]
) -> None:
    found = search(folder, wanted, training_file, 1)
    row: Tried = found.rows[0]
    kinds = {type(value) for value in row.values.values()}
    assert kinds == {float, int, bool}
