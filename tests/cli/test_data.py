from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from homespun.data import Dataset, cache_folder

Command = Callable[..., Any]
Pictures = tuple[Dataset, Dataset]


@pytest.fixture(autouse=True)
def _data_are_there(
    fashion_mnist: Pictures, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)


def test_fetch_finds_what_is_there(homespun: Command) -> None:
    done = homespun("data", "fetch")
    assert (done.status, done.err) == (0, "")
    assert done.out == "Fashion-MNIST is there: 60,000 to train, 10,000 to test\n"
    told = json.loads(homespun("data", "fetch", "--json").out)
    assert told == {"train": 60_000, "test": 10_000, "cache": str(cache_folder())}


def test_show_counts_the_classes_and_writes_a_grid(homespun: Command) -> None:
    done = homespun("data", "show", "--picture", "grid.png")
    assert done.status == 0
    lines = done.out.splitlines()
    assert len(lines) == 11
    assert lines[0].split() == ["T-shirt/top", "6,000", "to", "train", "1,000", "to", "test"]
    assert lines[-1].endswith("grid.png")
    with Image.open("grid.png") as picture:
        picture.verify()
        assert picture.format == "PNG"


def test_show_as_json(homespun: Command) -> None:
    told = json.loads(homespun("data", "show", "--json").out)
    assert told["picture"] == "fashion-mnist.png"
    assert list(told["counts"].values()) == [{"train": 6000, "test": 1000}] * 10
    assert Path("fashion-mnist.png").read_bytes().startswith(b"\x89PNG")


def test_check_says_that_all_is_well(homespun: Command) -> None:
    assert "all four files are whole" in homespun("data", "check").out
    assert json.loads(homespun("data", "check", "--json").out)["ok"] is True


@pytest.mark.parametrize("picture", ["missing/grid.png", "."])
def test_a_grid_that_cannot_be_written_is_one_line(homespun: Command, picture: str) -> None:
    assert "cannot be written" in homespun("data", "show", "--picture", picture).complaint


@pytest.mark.parametrize("command", ["fetch", "show", "check"])
def test_a_folder_without_the_files_is_one_line(
    homespun: Command, command: str, tmp_path: Path
) -> None:
    assert str(tmp_path) in homespun("data", command, "--data", tmp_path).complaint
    assert list(tmp_path.iterdir()) == []


def test_check_names_the_file_whose_bytes_are_others(homespun: Command, tmp_path: Path) -> None:
    shutil.copytree(cache_folder(), "copy")
    for file in Path("copy").glob("t10k-labels*"):
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
    assert "t10k-labels" in homespun("data", "check", "--data", "copy").complaint
