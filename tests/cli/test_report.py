from __future__ import annotations

import importlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homespun.runs import RunFolder

Command = Callable[..., Any]

PAGE_TOOK = re.compile(r"the page took [\d.]+ s and is [\d.]+ MB\n")


@pytest.fixture(scope="module")
def copied(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the real data, to be changed."""
    folder = tmp_path_factory.mktemp("copied") / trained.folder.name
    shutil.copytree(trained.folder, folder)
    return folder


def test_the_page_is_written_again(homespun: Command, copied: Path) -> None:
    page = copied / "report.html"
    first = page.read_bytes()
    page.unlink()
    done = homespun("report", copied, "--json")
    assert (done.status, json.loads(done.out)) == (0, {"report": str(page)})
    assert PAGE_TOOK.fullmatch(done.err)
    assert page.read_bytes() == first
    assert 200_000 < len(first) < 5_000_000
    for part in (b"Better than what", b"seed 7", b"the article&#39;s network", b"1,000"):
        assert part in first


def test_without_the_data_there_is_a_shorter_page(
    homespun: Command, copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMESPUN_DATA", str(tmp_path))
    done = homespun("report", copied)
    assert (done.status, done.out) == (0, f"report   {copied / 'report.html'}\n")
    assert "without pictures, since the data are missing" in done.err
    assert "The data were not at hand" in (copied / "report.html").read_text()
    assert homespun("report", copied, "--data", tmp_path).complaint, "what was named must be there"


def test_two_runs_are_compared(
    homespun: Command, trained: Any, copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("typer.launch", opened.append)
    page = tmp_path / "both.html"
    done = homespun("report", trained.folder, copied, "--to", page, "--open")
    assert (done.status, done.out) == (0, f"report   {page}\n")
    assert PAGE_TOOK.fullmatch(done.err)
    assert opened == [page.resolve().as_uri()]
    html = " ".join(page.read_text(encoding="utf-8").split())
    assert "<td>0</td><td>0</td><td>1.000</td>" in html
    assert f"A tie: {trained.folder.parent.name}/first and" in html or "/first each answer" in html
    assert "two different runs" in homespun("report", copied, copied).complaint


def test_a_run_on_other_data_has_a_page_without_fetching_any(
    homespun: Command, copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "other"
    shutil.copytree(copied, folder)
    record = json.loads((folder / "run.json").read_text())
    record["data"]["class_names"] = ["a"] * 10
    (folder / "run.json").write_text(json.dumps(record))
    monkeypatch.setattr(importlib.import_module("homespun.cli.report"), "load_fashion_mnist", None)
    assert homespun("report", folder).status == 0


def test_a_run_without_a_result_is_one_line(
    homespun: Command, killed_run: RunFolder, tmp_path: Path
) -> None:
    assert "has not ended yet" in homespun("report", killed_run.path).complaint
    assert "is not a run folder" in homespun("report", tmp_path).complaint
    killed_run.record.write_bytes(b"\xff")
    assert "is not a run's record" in homespun("report", killed_run.path).complaint
