from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from homespun.errors import FileError, ModelFileError
from homespun.report import write_report
from homespun.report.page import read_history
from homespun.runs import RunFolder, Settings


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
def html(finished_run: RunFolder) -> str:
    path = write_report(finished_run)
    assert path == finished_run.path / "report.html"
    return path.read_text(encoding="utf-8")


def test_the_page_says_how_good_the_run_is(html: str, finished_run: RunFolder) -> None:
    record = finished_run.read_record()
    text = " ".join(Page(html).text.split())
    assert f"{100 * record['result']['test']['accuracy']:.2f}% of the 120 pictures" in text
    assert f"{100 * record['result']['test']['interval'][0]:.2f}% to" in text
    assert f"Weight hash {record['result']['weight_hash']}" in text
    assert "homespun train --recipe mlp --seed 1 --epochs 2 --validation 20" in text
    assert "trained on 100 pictures" in text


def test_names_are_text_and_never_markup(html: str) -> None:
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert "mlp <1>" in page.text
    for name in ("<b>&", r"$\frac$", "Ärmel"):
        assert name in page.text
    assert len(page.all("b")) == 2  # the recipe and the accuracy


def test_every_class_has_a_row(html: str) -> None:
    page = Page(html)
    rows = [attributes for attributes in page.all("th") if attributes["scope"] == "row"]
    assert len(rows) == 3
    assert page.text.count("40\n") == 3  # pictures of each class


def test_every_picture_is_in_the_page_and_described(html: str) -> None:
    pictures = Page(html).all("img")
    assert len(pictures) == 2
    for picture in pictures:
        assert picture["alt"]
        source = picture["src"]
        assert source is not None
        kind, content = source.split(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(content, validate=True).startswith(b"\x89PNG\r\n")


def test_the_page_needs_nothing_from_outside(html: str) -> None:
    without_pictures = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", html)
    assert "//" not in without_pictures
    assert not re.search(r"\b(url\(|@import|srcset|http|www\.)", without_pictures)
    page = Page(html)
    for tag in ("script", "link", "iframe", "object", "embed", "a", "base"):
        assert page.all(tag) == []
    assert {"lang": "en"} in page.all("html")


def test_the_same_run_gives_the_same_bytes(html: str, run_copy: RunFolder) -> None:
    assert write_report(run_copy).read_text(encoding="utf-8") == html
    again = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pathlib; from homespun.report import write_report;"
            "from homespun.runs import RunFolder; write_report(RunFolder(pathlib.Path('.')))",
        ],
        cwd=run_copy.path,
        capture_output=True,
        text=True,
    )
    assert again.stderr == ""
    assert run_copy.report.read_text(encoding="utf-8") == html


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
    assert "stopped early: interrupted" in page.text


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


HEADER = "epoch,lr,loss,accuracy,penalty,validation_loss,validation_accuracy\n"


def test_history_is_read_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text(HEADER + "1,0.5,2.25,0.125,0.0,,\n2,1e-3,1,0.5,0.0,1.5,0.75\n")
    assert read_history(path) == [
        {
            "epoch": 1,
            "lr": 0.5,
            "loss": 2.25,
            "accuracy": 0.125,
            "penalty": 0,
            "validation_loss": None,
            "validation_accuracy": None,
        },
        {
            "epoch": 2,
            "lr": 0.001,
            "loss": 1,
            "accuracy": 0.5,
            "penalty": 0,
            "validation_loss": 1.5,
            "validation_accuracy": 0.75,
        },
    ]
    path.write_text(HEADER)
    assert read_history(path) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"epoch,lr\n1,2\n",
        HEADER.replace("loss,accuracy", "accuracy,loss").encode() + b"1,0.5,2,0.1,0,,\n",
        HEADER.encode() + b"1,0.5\n",
        HEADER.encode() + b"1,0.5,2,0.1,0,,,\n",
        HEADER.encode() + b"1,0.5,two,0.1,0,,\n",
        HEADER.encode() + b"\xff\xfe\n",
        b'"' + b"x" * 200_000,
    ],
    ids=lambda content: content[-20:],
)
def test_damaged_metrics_are_one_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"metrics\.csv: is not a run's metrics"):
        read_history(path)


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
