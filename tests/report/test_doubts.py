from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.report import doubts as module
from homespun.report.doubts import Doubts, doubts
from homespun.report.pixels import picture_uri
from homespun.runs import Examination, RunFolder, examine


@pytest.fixture(scope="module")
def found(finished_run: RunFolder, pictures: Dataset) -> Examination:
    return examine(finished_run, pictures, pictures, 1)


def check(told: Doubts, file: Dataset) -> None:
    """Every doubt is about the picture of that number, and names its label."""
    assert told.cards, "noise is doubtful"
    for card, row in zip(told.cards, told.rows, strict=False):
        assert card.index == row.index
        assert card.source == picture_uri(file.images[card.index])
        assert card.truth == row.label == file.class_names[file.labels[card.index]]
        assert card.answer == row.answer != row.label
        assert row.answer_probability > row.label_probability
    gaps = [row.label_probability - row.answer_probability for row in told.rows]
    assert gaps == sorted(gaps)


def test_the_whole_training_file_is_judged_by_folds_and_the_test_part_by_the_model(
    found: Examination, pictures: Dataset
) -> None:
    file, test = doubts(found, seed=1, threads=1)
    assert (file.part, file.of, test.part, test.of) == ("training file", 120, "test part", 120)
    assert "out of fold" in file.judge
    for told in (file, test):
        check(told, pictures)
        assert told.n == len(told.rows) >= len(told.cards)
    row = test.rows[0]
    own = found.probabilities(found.test_logits)[row.index]
    assert row.answer_probability == own.max()


def test_of_a_file_too_large_for_memory_a_sample_is_judged(
    found: Examination, pictures: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FEWEST", 90)
    monkeypatch.setattr(module, "_MOST_NUMBERS", 1)
    file = doubts(found, seed=1, threads=1)[0]
    assert file.of == 90
    check(file, pictures)
    assert max(row.index for row in file.rows) > 90, "numbers are those of the file"


def test_the_only_picture_of_its_class_is_no_suspect(pictures: Dataset) -> None:
    data = Dataset(pictures.images[:4], np.array([0, 0, 1, 2]), pictures.class_names)
    p = np.array([[0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.9, 0.1, 0.0], [0.0, 0.1, 0.9]])
    # 1 is as sure for the second as for pictures of class 1, and 0 more than enough for the third
    told = module._doubts("part", "judge", data, p, np.arange(4))
    assert [row.index for row in told.rows] == [1]
