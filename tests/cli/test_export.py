from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from homespun.data import Dataset
from homespun.models.coming_along import packaged_model
from homespun.runs import RunFolder
from homespun.storage import load

Command = Callable[..., Any]


def ask(path: Path, pictures: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (probabilities,) = session.run(["probabilities"], {"pictures": pictures})
    return np.asarray(probabilities)


def test_a_run_becomes_a_file_that_answers_as_it_does(
    homespun: Command,
    small_run: RunFolder,
    tmp_path: Path,
    fashion_mnist: tuple[Dataset, Dataset],
) -> None:
    """The recipe mlp, trained with smoothed labels, so that smoothing is taken off."""
    target = tmp_path / "a model.onnx"
    done = homespun("export", small_run.path, target, "--json")
    assert (done.status, done.err) == (0, "")
    told = json.loads(done.out)
    model = load(small_run.model)
    assert told["file"] == str(target)
    assert told["bytes"] == target.stat().st_size
    assert told["class_names"] == list(model.class_names)
    assert told["weight_hash"] == model.parameters.weight_hash()
    assert [each["name"] for each in told["inputs"]] == ["pictures"]
    images = fashion_mnist[1].images[:100]
    np.testing.assert_allclose(ask(target, images), model.predict_proba(images), atol=1e-5)


def test_the_model_of_the_package_where_there_is_no_run(
    homespun: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = homespun("export", "photo.onnx", "--from-cut-out")
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("photo.onnx  ")
    assert "input   photo          uint8    photo_height x photo_width x 3" in lines
    assert "output  prepared       uint8    1 x 28 x 28 x 1" in lines
    assert homespun("export", packaged_model(), "model.ONNX").status == 0
    assert ask(tmp_path / "model.ONNX", np.zeros((2, 28, 28, 1), np.uint8)).shape == (2, 10)


@pytest.mark.parametrize("names", [["runs/fast-1"], ["a", "b", "c.onnx"], ["c.onnx", "a"]])
def test_names_that_make_no_sense_are_one_line(homespun: Command, names: list[str]) -> None:
    assert "name a run, if any, and then the file to write" in homespun("export", *names).complaint


def test_nothing_is_written_where_nothing_can_be(homespun: Command, tmp_path: Path) -> None:
    assert "no such" in homespun("export", tmp_path / "no", tmp_path / "a.onnx").complaint.lower()
    assert "its folder is not there" in homespun("export", tmp_path / "no" / "a.onnx").complaint
    assert list(tmp_path.iterdir()) == []
