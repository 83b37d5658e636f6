from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.data.idx import encode_idx
from homespun.runs import RunFolder
from homespun.storage import load

Command = Callable[..., Any]
Pictures = tuple[Dataset, Dataset]


@pytest.fixture
def files(fashion_mnist: Pictures, tmp_path: Path) -> tuple[Path, Path]:
    """IDX files of 40 of the test pictures and of their labels."""
    _, test = fashion_mnist
    images, labels = tmp_path / "images", tmp_path / "labels"
    images.write_bytes(encode_idx(test.images[60:100, :, :, 0]))
    labels.write_bytes(encode_idx(test.labels[60:100].astype(np.uint8)))
    return images, labels


def test_json_has_the_promised_keys(
    real_homespun: Command, trained: Any, fashion_mnist: Pictures
) -> None:
    done = real_homespun("evaluate", trained.folder, "--json", cwd=trained.folder)
    assert (done.status, done.err) == (0, "")
    told = json.loads(done.out)
    assert told.keys() >= {"accuracy", "interval", "n", "loss", "ece", "per_class", "confusion"}
    assert told["accuracy"] == json.loads(trained.outcome.out)["accuracy"]
    low, high = told["interval"]
    assert low < told["accuracy"] < high
    _, test = fashion_mnist
    assert list(told["per_class"]) == list(test.class_names)
    for row in told["per_class"].values():
        assert row.keys() >= {"precision", "recall", "f1", "n"}
    confusion = np.array(told["confusion"])
    assert confusion.shape == (10, 10)
    np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(test.labels))
    assert confusion.trace() / confusion.sum() == told["accuracy"]


def test_tables_show_every_class(homespun: Command, small_run: RunFolder) -> None:
    done = homespun("evaluate", small_run.path)
    assert done.status == 0
    assert done.out.startswith("accuracy ")
    assert "of 10,000 pictures (95% interval " in done.out
    for name in ("T-shirt/top", "Ankle boot"):
        assert done.out.count(name) == 2
    assert "…" not in done.out


def test_other_pictures_come_from_two_idx_files(
    homespun: Command, small_run: RunFolder, files: tuple[Path, Path], fashion_mnist: Pictures
) -> None:
    told = json.loads(homespun("evaluate", small_run.path, *files, "--json").out)
    _, test = fashion_mnist
    answers = load(small_run.model).predict(test.images[60:100])
    assert told["n"] == 40
    assert told["accuracy"] == np.mean(answers == test.labels[60:100])


def test_files_that_do_not_fit_are_one_line(
    homespun: Command, small_run: RunFolder, files: tuple[Path, Path], tmp_path: Path
) -> None:
    images, labels = files
    run = small_run.path
    (tmp_path / "few").write_bytes(encode_idx(np.zeros(3, np.uint8)))
    (tmp_path / "wide").write_bytes(encode_idx(np.zeros((40, 28, 30), np.uint8)))
    (tmp_path / "cut").write_bytes(images.read_bytes()[:500])
    (tmp_path / "text").write_text("label\n1\n")
    cases = {
        (images,): "labels of these pictures are missing",
        (images, tmp_path / "nowhere"): "nowhere: cannot be read",
        (tmp_path / "nowhere", labels): "nowhere: cannot be read",
        (labels, images): "are these labels?",
        (images, tmp_path / "few"): "got 3",
        (tmp_path / "wide", labels): "takes pictures of shape (28, 28, 1), got (28, 30, 1)",
        (tmp_path / "cut", labels): "byte ",
        (tmp_path / "text", labels): "byte 0",
        (tmp_path, labels): "folder",
    }
    for arguments, problem in cases.items():
        assert problem in homespun("evaluate", run, *arguments).complaint


def test_a_run_that_is_none_is_one_line(
    homespun: Command, small_run: RunFolder, killed_run: RunFolder, tmp_path: Path
) -> None:
    for path in (tmp_path / "missing", tmp_path, small_run.model):
        assert "is not a run folder" in homespun("evaluate", path).complaint
    assert "model.safetensors: cannot be read" in homespun("evaluate", killed_run.path).complaint
    killed_run.model.write_bytes(small_run.model.read_bytes()[:-1])
    assert "not a sound model file" in homespun("evaluate", killed_run.path).complaint


def test_flips_answer_with_mirror_images(homespun: Command, small_run: RunFolder) -> None:
    plain = json.loads(homespun("evaluate", small_run.path, "--json").out)
    both = json.loads(homespun("evaluate", small_run.path, "--flips", "--json").out)
    assert both["n"] == plain["n"]
    assert both["loss"] != plain["loss"]
