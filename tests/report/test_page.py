from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import FileError, ModelFileError, SettingError
from homespun.report import write_report
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute


class Page(HTMLParser):
    """What stands on a page: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def html(full_page: Path) -> str:
    assert full_page.name == "report.html"
    return full_page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def record(finished_run: RunFolder) -> dict[str, Any]:
    return finished_run.read_record()


def test_the_page_says_how_good_the_run_is(html: str, record: dict[str, Any]) -> None:
    text = " ".join(Page(html).text.split())
    test = record["result"]["test"]
    assert f"{100 * test['accuracy']:.2f}% of the 120 pictures" in text
    assert f"{100 * test['interval'][0]:.2f}% to {100 * test['interval'][1]:.2f}%" in text
    for hashed in (record["result"]["weight_hash"], record["data"]["sha256"]):
        assert hashed in text
    assert "homespun train --recipe mlp --seed 1 --epochs 2 --validation 20" in text
    assert "trained on 100 pictures of 3 classes" in text
    assert "What to try next" in text
    assert "temperature" in text
    for version in record["made_with"].values():
        assert str(version if isinstance(version, str) else version[0]) in text


SECTIONS = {
    "learning", "seen", "classes", "confusion", "answers", "suspects", "calibration", "inside",
    "rivals", "costs", "again",
}  # fmt: skip


def test_every_part_is_there_and_can_be_reached_by_keyboard(html: str) -> None:
    page = Page(html)
    assert {tag["id"] for tag in page.all("h2")} == SECTIONS
    assert {str(link["href"]) for link in page.all("a")} == {f"#{name}" for name in SECTIONS}
    for region in page.all("div"):
        if region.get("class") == "scroll":
            assert (region["tabindex"], region["role"]) == ("0", "region")
            assert region["aria-label"]


def test_names_are_text_and_never_markup(html: str) -> None:
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert "mlp <1>" in page.text
    for name in ("<b>&", r"$\frac$", "Ärmel"):
        assert name in page.text
    assert page.all("b") == []


def test_tables_have_captions_and_heads(html: str) -> None:
    page = Page(html)
    assert len(page.all("table")) == len(page.all("caption")) == len(page.all("thead")) > 8
    assert {head["scope"] for head in page.all("th")} == {"row", "col"}


def test_every_picture_is_in_the_page_and_described(html: str) -> None:
    pictures = Page(html).all("img")
    assert len(pictures) > 20
    kinds = set()
    for picture in pictures:
        assert str(picture["alt"]).endswith(".")
        kind, content = str(picture["src"]).split(",")
        kinds.add(kind)
        content = base64.b64decode(content, validate=True)
        assert content.startswith(b"\x89PNG\r\n" if "png" in kind else b"<svg")
    assert kinds == {"data:image/png;base64", "data:image/svg+xml;base64"}


def test_the_page_needs_nothing_from_outside(html: str) -> None:
    without_pictures = re.sub(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+", "", html)
    assert "//" not in without_pictures
    assert not re.search(r"\b(url\(|@import|srcset|http|www\.)", without_pictures)
    page = Page(html)
    for tag in ("script", "iframe", "object", "embed", "base"):
        assert page.all(tag) == []
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]  # or a browser asks for one
    assert {"lang": "en"} in page.all("html")
    for content in re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", html):
        drawing = base64.b64decode(content).decode()
        assert not re.search(r'(href|src)="(?!#|data:)', drawing)
        assert "@import" not in drawing


def test_the_same_run_gives_the_same_bytes(
    full_page: Path, html: str, pictures: Dataset, tmp_path: Path
) -> None:
    card = (full_page.parent / "README.md").read_bytes()
    np.savez(tmp_path / "pictures.npz", images=pictures.images, labels=pictures.labels)
    code = """
import sys, pathlib, numpy
from homespun.data import Dataset
from homespun.report import write_report
from homespun.runs import RunFolder
with numpy.load(sys.argv[1]) as kept:
    data = Dataset(kept["images"], kept["labels"], ("<b>&", r"$\\frac$", "Ärmel"))
write_report(RunFolder(pathlib.Path(".")), (data, data), threads=2)
"""
    again = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "pictures.npz"],
        cwd=full_page.parent,
        capture_output=True,
        text=True,
    )
    assert again.stderr == ""
    assert full_page.read_text(encoding="utf-8") == html
    assert (full_page.parent / "README.md").read_bytes() == card


def test_without_data_the_page_shows_what_the_folder_holds(run_copy: RunFolder) -> None:
    page = Page(write_report(run_copy).read_text(encoding="utf-8"))
    assert len(page.all("img")) == 2  # the curves and the confusion matrix
    assert {tag["id"] for tag in page.all("h2")} == {
        "learning", "classes", "confusion", "costs", "again"
    }  # fmt: skip
    assert "The data were not at hand" in page.text
    assert sorted(os.listdir(run_copy.path)) == [
        "README.md", "metrics.csv", "report.html", "run.json"
    ]  # fmt: skip


def test_other_data_are_refused(full_page: Path, pictures: Dataset) -> None:
    folder = RunFolder(full_page.parent)
    before = full_page.read_bytes()
    other = Dataset(255 - pictures.images, pictures.labels, pictures.class_names)
    with pytest.raises(SettingError, match="trained on other data"):
        write_report(folder, (other, other))
    assert full_page.read_bytes() == before


def test_a_page_of_200_classes_stays_readable(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(400) % 200
    images = rng.integers(0, 256, (400, 5, 5, 3), dtype=np.uint8)
    data = Dataset(images, labels, tuple(f"kind {i} of product" for i in range(200)))
    folder = RunFolder(tmp_path / "many")
    execute(folder, Settings("mlp", seed=0, epochs=1, validation=100), data, data)
    path = write_report(folder, (data, data))
    html = path.read_text(encoding="utf-8")
    assert len(html) < 2_000_000
    outside_details = re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)
    assert outside_details.count("<tr>") < 100
    assert html.count("<tr>") > 200
    assert max(row.count("<t") for row in html.split("<tr>")) < 12, "no table of 200 columns"
    assert "15 weakest of 200 classes" in html


def test_a_run_stopped_before_its_first_epoch_has_a_page_without_curves(
    run_copy: RunFolder,
) -> None:
    record = json.loads(run_copy.record.read_text())
    record["result"] |= {"epochs": 0, "best_epoch": None, "stopped": "interrupted"}
    run_copy.record.write_text(json.dumps(record))
    header = run_copy.metrics.read_text().splitlines()[0]
    run_copy.metrics.write_text(header + "\n")
    page = Page(write_report(run_copy).read_text(encoding="utf-8"))
    assert len(page.all("img")) == 1
    assert "stopped early, before its first epoch was complete: interrupted" in page.text


def test_a_run_that_has_not_ended_has_no_page(run_copy: RunFolder) -> None:
    run_copy.write_record(Settings("mlp", 1, 2, 20), {"data": {}, "made_with": {}})
    with pytest.raises(ModelFileError, match="has not ended yet"):
        write_report(run_copy)
    assert not run_copy.report.exists()


def test_a_missing_file_is_named(run_copy: RunFolder) -> None:
    run_copy.metrics.unlink()
    with pytest.raises(FileError, match=r"metrics\.csv: cannot be read"):
        write_report(run_copy)
    run_copy.record.unlink()
    with pytest.raises(FileError, match=r"run\.json: cannot be read"):
        write_report(run_copy)


@pytest.mark.parametrize("library", ["matplotlib", "jinja2"])
def test_a_missing_library_is_named_in_one_line(run_copy: RunFolder, library: str) -> None:
    code = "import sys; sys.modules[sys.argv.pop(1)] = None; from homespun.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, library, "report", run_copy.path],
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert f"needs {library}" in result.stderr
    assert "pip install 'homespun[plot]'" in result.stderr
    assert sorted(os.listdir(run_copy.path)) == ["metrics.csv", "run.json"]
