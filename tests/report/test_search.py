from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from homespun.report.search import write_search
from homespun.runs.folder import RunFolder
from homespun.tune.best import Best
from homespun.tune.folder import StudyFolder
from homespun.tune.optional import optuna
from homespun.tune.search import Found
from homespun.tune.tried import Tried
from homespun.tune.wanted import Wanted

WANTED = Wanted("fast", seed=7, epochs=3, validation=50, changes={"augment": False})
ROWS = (
    Tried(0, "complete", 0.5, {"lr": 0.1, "width": 1.0}, 3, 1.25, "ab", None),
    Tried(1, "failed", None, {"lr": 9.0, "width": 0.5}, 0, 0.0, None, "<b>nan & more</b>"),
    Tried(2, "complete", 0.75, {"lr": 0.05, "width": 1.0}, 3, 1.5, "cd", None),
    Tried(3, "pruned", 0.25, {"lr": 0.2, "width": 1.5}, 1, 0.5, None, None),
)
TEST = {"accuracy": 0.7, "n": 1000, "interval": [0.67, 0.73]}


def found_of(*rows: Tried) -> Found:
    return Found(rows, None, len(rows), optuna.create_study(direction="maximize"))


def best_of(part: str | None = None) -> Best:
    data = {} if part is None else {"judged_on": part}
    record = {"data": data, "result": {"test": TEST, "weight_hash": "cd"}}
    return Best(ROWS[2], RunFolder(Path("study/trial-2")), record)


class Words(HTMLParser):
    """Gathers what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def page_of(tmp_path: Path, found: Found, best: Best | None, wanted: Wanted = WANTED) -> str:
    path = write_search(StudyFolder(tmp_path), wanted, found, best)
    assert path == tmp_path / "report.html"
    reader = Words()
    reader.feed(path.read_text(encoding="utf-8"))
    return " ".join(reader.words)


def test_the_page_says_what_was_found_and_how_to_have_it_again(tmp_path: Path) -> None:
    words = page_of(tmp_path, found_of(*ROWS), best_of())
    assert "The best of 4 trials is number 2: 75.00% of the held-out pictures" in words
    assert "the recipe as it is, number 0, answers 50.00% of them" in words
    assert "Trained as a run ( trial-2 )" in words
    assert "test part, it answers 70.00% of 1,000 pictures rightly (95% interval 67.00%" in words
    assert (
        "homespun train --recipe fast --seed 7 --epochs 3 --validation 50 "
        "--set augment=no --set lr=0.05"
    ) in words
    assert "The same in all trials: epochs 3, augment no." in words


def test_every_trial_stands_in_the_table_the_best_first(tmp_path: Path) -> None:
    page_of(tmp_path, found_of(*ROWS), None)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    body = page.split("<tbody>")[1]
    assert re.findall(r'<th scope="row">(\d+)</th>', body) == ["2", "0", "3", "1"]
    assert body.count('class="own"') == 1
    assert "&lt;b&gt;nan &amp; more&lt;/b&gt;" in body


def test_the_page_is_the_same_again_and_brings_nothing_from_outside(tmp_path: Path) -> None:
    page_of(tmp_path, found_of(*ROWS), best_of())
    first = (tmp_path / "report.html").read_bytes()
    page_of(tmp_path, found_of(*ROWS), best_of())
    assert (tmp_path / "report.html").read_bytes() == first
    sources = re.findall(r'(?:src|href)="([^"]*)', first.decode())
    assert sources
    assert all(source.startswith("data:") for source in sources)


def test_without_test_pictures_it_is_said_what_the_figure_is_worth(tmp_path: Path) -> None:
    words = page_of(tmp_path, found_of(*ROWS), best_of("validation part"))
    assert "chosen by these very pictures, so on others it may do worse" in words
    assert "What it will do on others, the test part tells" not in words


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "No trial was complete."),
        (ROWS[1:2], "No trial was complete."),
        (ROWS[:1], "number 0: 50.00% of the held-out pictures, by the recipe as it is."),
        ((replace(ROWS[1], trial=0), ROWS[2]), "number 2: 75.00% of the held-out pictures."),
    ],
    ids=["none", "failed", "as it is", "the recipe itself failed"],
)
def test_a_page_of_little_says_what_there_is(
    tmp_path: Path, rows: tuple[Tried, ...], said: str
) -> None:
    assert said in page_of(tmp_path, found_of(*rows), None)


def test_what_made_a_difference_is_shown_where_trials_tell(tmp_path: Path) -> None:
    found: Any = found_of(*ROWS)
    assert "What made a difference" not in page_of(tmp_path, found, None)
    found = found_of(*ROWS)
    found.__dict__["importances"] = {"lr": 0.75, "width": 0.25}
    assert "What made a difference" in page_of(tmp_path, found, None)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "What made a difference: lr 75%, width 25%." in page
