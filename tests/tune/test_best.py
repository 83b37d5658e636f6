from __future__ import annotations

from dataclasses import replace

import pytest

from homespun.data import Dataset
from homespun.errors import FileError
from homespun.runs.reproduce import reproduce
from homespun.training import TimeLimit
from homespun.tune.best import Best, keep_best
from homespun.tune.folder import StudyFolder
from homespun.tune.search import search
from homespun.tune.tried import Tried
from homespun.tune.wanted import Wanted


@pytest.fixture
def best(folder: StudyFolder, wanted: Wanted, training_file: Dataset) -> Tried:
    """The best trial of a real search: with half of the width, which the recipe has not."""
    narrow = search(folder, replace(wanted, changes={"width": 0.5}), training_file, 2, threads=1)
    assert narrow.best is not None
    return narrow.best


@pytest.fixture
def kept(
    folder: StudyFolder, wanted: Wanted, best: Tried, training_file: Dataset, test_file: Dataset
) -> Best:
    narrow = replace(wanted, changes={"width": 0.5})
    return keep_best(folder, narrow, best, training_file, test_file, threads=1)


def test_the_best_trial_becomes_a_run_with_its_very_weights(
    folder: StudyFolder, kept: Best, best: Tried, training_file: Dataset
) -> None:
    assert kept.run.path == folder.path / f"trial-{best.trial}"
    record = kept.run.read_record()
    assert record["result"]["weight_hash"] == best.weight_hash
    assert kept.is_as_tried
    assert record["settings"]["changes"]["width"] == 0.5
    assert not replace(kept, trial=replace(best, weight_hash="another")).is_as_tried
    assert reproduce(kept.run, training_file, threads=1).identical


def test_it_is_judged_on_the_test_pictures_which_the_search_never_saw(
    kept: Best, test_file: Dataset
) -> None:
    assert kept.record["result"]["test"]["n"] == len(test_file)


def test_a_run_that_is_there_is_left_as_it_is(
    folder: StudyFolder, wanted: Wanted, kept: Best, training_file: Dataset, test_file: Dataset
) -> None:
    before = {file: file.stat().st_mtime_ns for file in kept.run.path.iterdir()}
    narrow = replace(wanted, changes={"width": 0.5})
    again = keep_best(folder, narrow, kept.trial, training_file, test_file)
    assert again == kept
    assert before == {file: file.stat().st_mtime_ns for file in kept.run.path.iterdir()}


def test_a_run_that_was_interrupted_goes_on(
    folder: StudyFolder, wanted: Wanted, best: Tried, training_file: Dataset, test_file: Dataset
) -> None:
    narrow = replace(wanted, changes={"width": 0.5})
    parts = (folder, narrow, best, training_file, test_file)
    broken = keep_best(*parts, callbacks=[TimeLimit(0)], threads=1)
    assert not broken.record["result"]["finished"]
    assert keep_best(*parts, threads=1).is_as_tried


def test_a_run_that_another_process_writes_is_left_to_it(
    folder: StudyFolder, wanted: Wanted, best: Tried, training_file: Dataset, test_file: Dataset
) -> None:
    run = folder.run_of(best.trial)
    run.path.mkdir()
    with run.lock, pytest.raises(FileError, match="is being written by process"):
        keep_best(folder, replace(wanted, changes={"width": 0.5}), best, training_file, test_file)
