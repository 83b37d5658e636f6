"""docs/report.md says how to read the page: its examples run, and its notes have their places."""

from __future__ import annotations

import doctest
import re
import runpy
from pathlib import Path

import pytest

from homespun.report import figures

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = DOCS / "report.md"


@pytest.fixture(scope="module")
def example() -> dict[str, object]:
    return runpy.run_path(str(DOCS / "example.py"))


def test_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testfile(str(GUIDE), module_relative=False)
    assert outcome.attempted > 15
    assert outcome.failed == 0
    assert len(list(tmp_path.glob("*.png"))) == 4


def test_every_public_picture_is_in_the_table() -> None:
    told = set(re.findall(r"`(\w+)`", GUIDE.read_text().split("| function |")[1]))
    assert set(figures.__all__) <= told
    assert all(getattr(figures, name).__doc__ for name in figures.__all__)


def test_each_part_of_a_page_gets_its_note(example: dict[str, object], full_page: Path) -> None:
    html = full_page.read_text(encoding="utf-8")
    notes = example["notes"](GUIDE.read_text(encoding="utf-8"))
    page = example["annotate"](html, notes)
    assert page.count("<aside") == html.count("<h2") == len(notes)
    part = page.split('<h2 id="again">')[1]
    assert "The command, the seed" in part.split("</aside>")[0]

    assert "`" not in notes["Costs"].replace("`costs.json`", "")
    assert "<code>costs.json</code>" in page
    with pytest.raises(ValueError, match="without note"):
        example["annotate"](html, notes | {"More": ""})


def test_the_example_holds_the_notes_of_today(example: dict[str, object]) -> None:
    page = (DOCS / "example.html").read_text(encoding="utf-8")
    for text in example["notes"](GUIDE.read_text(encoding="utf-8")).values():
        first = " ".join(text.split())[:40].split("`")[0]
        assert first in page, "run: make example"
    assert len(page) < 5_000_000
    assert "official test file" in page or "test part" in page
