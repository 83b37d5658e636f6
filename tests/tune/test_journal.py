from __future__ import annotations

import pytest

from homespun.errors import FileError, ModelFileError
from homespun.tune.folder import StudyFolder
from homespun.tune.journal import open_journal, seeded_sampler
from homespun.tune.optional import optuna

SPACE = {
    "x": optuna.distributions.FloatDistribution(0.0, 1.0),
    "y": optuna.distributions.CategoricalDistribution((64, 128)),
}


@pytest.fixture(autouse=True)
def _made(folder: StudyFolder) -> None:
    folder.path.mkdir()


def drawn(study: optuna.Study, seed: int, n_before: int) -> dict[str, float]:
    study.sampler = seeded_sampler(seed, n_before)
    return study.ask(SPACE).params


def test_what_one_writes_another_reads(folder: StudyFolder) -> None:
    one, other = open_journal(folder), open_journal(folder)
    one.tell(one.ask(SPACE), 0.5)
    assert [trial.value for trial in other.trials] == [0.5]
    assert other.direction == optuna.study.StudyDirection.MAXIMIZE


def test_the_same_seed_and_count_draw_the_same_and_others_do_not(folder: StudyFolder) -> None:
    study = open_journal(folder)
    first = drawn(study, 1, 0)
    assert drawn(study, 1, 0) == first
    others = [drawn(study, 1, 1), drawn(study, 2, 0), drawn(study, 2**64 - 1, 0)]
    assert len({params["x"] for params in (first, *others)}) == 4


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_line_that_a_crash_has_cut_is_taken_off(folder: StudyFolder, cut: int) -> None:
    study = open_journal(folder)
    study.tell(study.ask(SPACE), 0.5)
    whole = folder.journal.read_bytes()
    study.ask(SPACE)
    folder.journal.write_bytes(folder.journal.read_bytes()[:-cut])
    again = open_journal(folder)
    again.tell(again.ask(SPACE), 0.75)
    values = [trial.value for trial in open_journal(folder).trials]
    assert (values[0], values[-1]) == (0.5, 0.75)
    assert folder.journal.read_bytes().startswith(whole)


def test_what_is_no_journal_is_one_error(folder: StudyFolder) -> None:
    for content in ("years of work\n", "{}\n", "[]\n", '{"op_code": 99}\n', "3\n"):
        folder.journal.write_text(content + content)
        with pytest.raises(ModelFileError, match=r"journal.log: is not a search's journal"):
            open_journal(folder)


def test_a_journal_that_cannot_be_opened_is_one_error(folder: StudyFolder) -> None:
    folder.journal.mkdir()
    with pytest.raises(FileError, match=r"journal.log: cannot be read or written"):
        open_journal(folder)
