from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from homespun.runs import RunFolder

Command = Callable[..., Any]


@pytest.fixture
def shop(pictures_in: Any) -> Path:
    """A folder with six photos and a file that is none."""
    root: Path = pictures_in.classes(2, ("coat", "dress", "hat"))
    (root / "broken.jpg").write_bytes(b"\xff\xd8")
    return root


@pytest.fixture
def catalog(homespun: Command, shop: Path, small_run: RunFolder, tmp_path: Path) -> Command:
    """(options) -> outcome, with one worker."""
    usual = ("catalog", shop, tmp_path / "c.parquet", "--model", small_run.path, "--workers", 1)
    return lambda *options: homespun(*usual, *options)


def test_a_catalogue_says_what_predict_says(
    catalog: Command, homespun: Command, shop: Path, small_run: RunFolder, tmp_path: Path
) -> None:
    done = catalog("--json")
    told = json.loads(done.out)
    assert (done.status, done.err) == (0, "")
    assert (told["engine"], told["rows"], told["errors"]) == ("local", 7, 1)
    assert sum(told["labels"].values()) == sum(told["trust"].values()) == 6
    rows = pq.read_table(tmp_path / "c.parquet").to_pylist()
    for row in rows:
        (said,) = json.loads(
            homespun("predict", shop / row["path"], "--model", small_run.path, "--json").out
        )
        for key in ("label", "probability", "trust", "probabilities"):
            assert row[key] == said.get(key)
        assert (row["error"] is None) == ("error" not in said)


def test_people_get_a_few_lines_and_the_second_time_at_once(catalog: Command) -> None:
    first, second = catalog(), catalog()
    assert first.out.splitlines()[0].endswith("c.parquet  7 pictures, 1 without an answer")
    assert "trust: " in first.out
    assert (second.status, second.out) == (0, first.out)


def test_ctrl_c_says_that_the_same_command_goes_on(
    catalog: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("homespun.catalog.local._ready", interrupted)
        ended = catalog()
    assert (ended.status, ended.out) == (130, "")
    assert "c.parquet is not complete; the same command goes on" in ended.err
    assert (tmp_path / "c.parquet.part").is_dir()
    assert catalog().status == 0
    assert not (tmp_path / "c.parquet.part").exists()


def test_bad_input_is_one_line(
    homespun: Command, small_run: RunFolder, shop: Path, tmp_path: Path
) -> None:
    out, run = tmp_path / "c.parquet", ("--model", small_run.path)
    for arguments, problem in {
        (tmp_path / "gone", out, *run): "is not there; name a folder",
        (shop / "coat" / "000.jpg", out, *run): "is no path",
        (shop, out, "--model", tmp_path / "gone"): "cannot be read",
        (shop, out, *run, "--engine", "spark"): "there are local and ray",
        (shop, out, *run, "--engine", "local", "--ray-address", "a:1"): "needs no --ray-address",
        (shop, out, *run, "--column", "image"): "is no Parquet file",
        (shop, tmp_path / "no" / "c.parquet", *run, "--workers", 0): "--workers",
    }.items():
        assert problem in homespun("catalog", *arguments).complaint
        assert not out.exists()


def test_another_model_is_refused_in_one_line(
    catalog: Command, homespun: Command, shop: Path, tmp_path: Path
) -> None:
    catalog()
    other = homespun("catalog", shop, tmp_path / "c.parquet")  # the model in the package
    assert "was made with another model" in other.complaint


def test_an_engine_by_the_environment_gives_way_to_one_by_name(
    catalog: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "a:1")
    assert catalog("--engine", "local").status == 0
    monkeypatch.setitem(sys.modules, "ray", None)
    assert "pip install 'homespun[ray]'" in catalog().complaint


def test_without_pyarrow_one_line_says_what_to_install(
    homespun: Command, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("homespun.catalog.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    complaint = homespun("catalog", shop, tmp_path / "c.parquet").complaint
    assert "homespun catalog needs pyarrow" in complaint
    assert "pip install 'homespun[parquet]'" in complaint


def test_a_list_of_paths_is_relative_to_itself(
    homespun: Command, shop: Path, small_run: RunFolder, tmp_path: Path
) -> None:
    (shop / "list.txt").write_text("coat/000.jpg\nnowhere.jpg\n")
    moved = tmp_path / "moved"
    shutil.move(shop, moved)
    command = ("catalog", moved / "list.txt", tmp_path / "c.parquet", "--model", small_run.path)
    assert json.loads(homespun(*command, "--workers", 1, "--json").out)["errors"] == 1
