from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.data.idx import encode_idx
from homespun.runs import RunFolder

Command = Callable[..., Any]
Pictures = tuple[Dataset, Dataset]


def check_answer(answer: dict[str, Any]) -> None:
    assert answer.keys() >= {"file", "label", "probability", "probabilities"}
    assert len(answer["probabilities"]) == 10
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert answer["probability"] == max(answer["probabilities"].values())
    assert answer["probabilities"][answer["label"]] == answer["probability"]


def test_pictures_of_the_test_file(
    real_homespun: Command, trained: Any, fashion_mnist: Pictures
) -> None:
    _, test = fashion_mnist
    numbers = [0, 9999, 17]
    done = real_homespun("predict", *numbers, "--json", cwd=trained.folder.parents[1])
    assert (done.status, done.err) == (0, "")  # the newest run in runs/ was found
    answers = json.loads(done.out)
    for answer in answers:
        check_answer(answer)
    truths = [test.class_names[test.labels[number]] for number in numbers]
    assert [answer["truth"] for answer in answers] == truths
    assert [answer["file"] for answer in answers] == [f"test file, picture {n}" for n in numbers]


def test_pictures_of_an_idx_file_get_the_same_answers(
    homespun: Command, small_run: RunFolder, fashion_mnist: Pictures, tmp_path: Path
) -> None:
    _, test = fashion_mnist
    (tmp_path / "pictures").write_bytes(encode_idx(test.images[3:6, :, :, 0]))
    run = ("--run", small_run.path, "--json")
    of_file = json.loads(homespun("predict", tmp_path / "pictures", *run).out)
    of_test = json.loads(homespun("predict", 3, 4, 5, *run).out)
    assert [a["file"] for a in of_file] == [f"{tmp_path}/pictures, picture {i}" for i in range(3)]
    for one, other in zip(of_file, of_test, strict=True):
        check_answer(one)
        assert one["label"] == other["label"]
        assert one["probability"] == pytest.approx(other["probability"], rel=1e-4)


def test_people_get_a_line_a_picture(homespun: Command, small_run: RunFolder) -> None:
    lines = homespun("predict", 0, 1, "--run", small_run.path).out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "test file, picture 0",
        "test file, picture 1",
    ]
    assert lines[0].endswith("(truth: Ankle boot)")
    assert "%" in lines[0]


def test_pictures_that_are_none_are_one_line(
    homespun: Command, small_run: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "labels").write_bytes(encode_idx(np.zeros(3, np.uint8)))
    (tmp_path / "small").write_bytes(encode_idx(np.zeros((3, 20, 20), np.uint8)))
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    for picture, problem in {
        "10000": "the test file holds pictures 0 to 9999",
        "9" * 5000: "cannot be read",
        "nowhere.idx": "nowhere.idx: cannot be read",
        "1.5": "1.5: cannot be read",
        tmp_path / "labels": "are these labels?",
        tmp_path / "small": "got (20, 20, 1)",
        tmp_path / "photo.jpg": "photo.jpg, byte 0",
        tmp_path: "folder",
    }.items():
        assert problem in homespun("predict", picture, "--run", small_run.path).complaint


def test_the_newest_run_answers(
    homespun: Command, small_run: RunFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "runs: holds no trained run yet" in homespun("predict", 0).complaint
    for name in ("good", "damaged"):
        shutil.copytree(small_run.path, tmp_path / "runs" / name)
    (tmp_path / "runs/damaged/model.safetensors").write_bytes(b"")
    os.utime("runs/damaged/model.safetensors", (1, 1))
    assert homespun("predict", 0).status == 0
    os.utime("runs/damaged/model.safetensors")
    assert "damaged/model.safetensors: is not a sound" in homespun("predict", 0).complaint


def test_a_run_that_is_none_is_one_line(homespun: Command, tmp_path: Path) -> None:
    assert "is not a run folder" in homespun("predict", 0, "--run", tmp_path).complaint
