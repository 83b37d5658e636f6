from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from homespun.errors import FileError, ModelFileError
from homespun.runs import RunFolder, Settings, find_run, latest_run, next_free_folder

SETTINGS = Settings(recipe="mlp", seed=2**64 - 1, epochs=3, validation=50)
ABOUT = {"data": {"n_train": 350}, "made_with": {"numpy": "2.0"}}
RESULT = {
    "epochs": 3,
    "best_epoch": 2,
    "stopped": None,
    "seconds": 1.5,
    "weights": 10,
    "weight_hash": "ab",
    "test": dict.fromkeys(
        ("accuracy", "interval", "n", "loss", "ece", "per_class", "confusion"), 0
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def test_files_stand_where_the_plan_says(folder: RunFolder) -> None:
    names = [file.name for file in (folder.record, folder.metrics, folder.model, folder.report)]
    assert names == ["run.json", "metrics.csv", "model.safetensors", "report.html"]
    assert {file.parent for file in (folder.record, folder.metrics, folder.model)} == {folder.path}


@pytest.mark.parametrize("about", [ABOUT, ABOUT | {"result": RESULT}])
def test_a_record_comes_back(folder: RunFolder, about: dict[str, Any]) -> None:
    folder.write_record(SETTINGS, about)
    record = folder.read_record()
    assert Settings(**record["settings"]) == SETTINGS
    assert {name: record[name] for name in about} == about
    assert record["format"] == 1


def test_a_record_of_a_users_own_folder_comes_back(folder: RunFolder) -> None:
    for size in (None, 48):
        settings = Settings("mlp", 0, 1, None, "/my pictures", size)
        folder.write_record(settings, ABOUT)
        assert Settings(**folder.read_record()["settings"]) == settings


def test_a_record_of_a_changed_recipe_comes_back(folder: RunFolder) -> None:
    changes = {"lr": 1 / 3, "augment": False, "batch_size": 64}
    folder.write_record(Settings("mlp", 0, 1, 50, changes=changes), ABOUT)
    assert Settings(**folder.read_record()["settings"]).changes == changes


def test_a_record_without_what_came_later_is_read(folder: RunFolder) -> None:
    old = {name: GOOD["settings"][name] for name in ("recipe", "seed", "epochs", "validation")}
    folder.record.write_text(json.dumps(GOOD | {"settings": old}))
    assert Settings(**folder.read_record()["settings"]) == SETTINGS


def test_a_record_that_is_no_plain_json_is_not_written(folder: RunFolder) -> None:
    folder.write_record(SETTINGS, ABOUT)
    with pytest.raises(ValueError, match="JSON"):
        folder.write_record(SETTINGS, ABOUT | {"loss": float("nan")})
    assert "loss" not in folder.read_record()


GOOD: dict[str, Any] = {"format": 1, "settings": vars(SETTINGS), **ABOUT, "result": RESULT}


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"format": None},
        {"settings": None},
        {"settings": []},
        {"settings": {"recipe": "mlp"}},
        {"settings": vars(SETTINGS) | {"more": 1}},
        {"settings": vars(SETTINGS) | {"seed": "7"}},
        {"settings": vars(SETTINGS) | {"epochs": True}},
        {"settings": vars(SETTINGS) | {"validation": None}},
        {"settings": vars(SETTINGS) | {"folder": 3}},
        {"settings": vars(SETTINGS) | {"changes": None}},
        {"settings": vars(SETTINGS) | {"changes": [["lr", 0.1]]}},
        {"settings": vars(SETTINGS) | {"changes": {"lr": -1.0}}},
        {"settings": vars(SETTINGS) | {"changes": {"colour": 1.0}}},
        {"settings": vars(SETTINGS) | {"folder": "x", "image_size": "32"}},
        {"settings": vars(SETTINGS) | {"folder": "x", "validation": 1.5}},
        {"data": []},
        {"made_with": None},
        {"went_on_with": []},
        {"went_on_with": ["2.0"]},
        {"result": RESULT | {"weight_hash": 1}},
        {"result": RESULT | {"finished": "yes"}},
        {"result": None},
        {"result": {}},
        {"result": RESULT | {"test": None}},
        {"result": RESULT | {"test": {"accuracy": 1}}},
    ],
    ids=repr,
)
def test_a_damaged_record_is_one_error(folder: RunFolder, change: dict[str, Any]) -> None:
    folder.record.write_text(json.dumps(GOOD))
    assert folder.read_record() == GOOD
    folder.record.write_text(json.dumps(GOOD | change))
    with pytest.raises(ModelFileError, match=r"run.json: is not a run's record"):
        folder.read_record()


@pytest.mark.parametrize("name", list(GOOD.keys() - {"result"}))
def test_every_part_of_a_record_must_be_there(folder: RunFolder, name: str) -> None:
    folder.record.write_text(json.dumps({key: GOOD[key] for key in GOOD if key != name}))
    with pytest.raises(ModelFileError, match=r"run.json: is not a run's record"):
        folder.read_record()


@pytest.mark.parametrize(
    "content", ["", "[]", "null", "3", '"x"', "{", '{"format": 1, "format": 1}', "NaN", "\x00"]
)
def test_what_is_no_record_is_one_error(folder: RunFolder, content: str) -> None:
    folder.record.write_text(content)
    with pytest.raises(ModelFileError, match=r"run.json: is not a run's record"):
        folder.read_record()


def test_a_newer_record_says_what_may_help(folder: RunFolder) -> None:
    folder.record.write_text(json.dumps(GOOD | {"format": 2}))
    with pytest.raises(ModelFileError, match="a newer homespun"):
        folder.read_record()


def test_a_missing_record_is_a_file_error(folder: RunFolder) -> None:
    with pytest.raises(FileError, match=r"run.json: cannot be read"):
        folder.read_record()


def test_the_next_free_folder_is_the_smallest_number_that_is_not_there(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    assert next_free_folder(runs, "mlp").path == runs / "mlp-1"
    assert not runs.exists()
    (runs / "mlp-1").mkdir(parents=True)
    (runs / "mlp-3").mkdir()
    (runs / "fast-2").mkdir()
    assert next_free_folder(runs, "mlp").path == runs / "mlp-2"
    (runs / "mlp-2").write_text("a file takes a name, too")
    assert next_free_folder(runs, "mlp").path == runs / "mlp-4"


def test_a_run_is_found_by_its_record(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"run: is not a run folder, it holds no run.json"):
        find_run(tmp_path / "run")
    RunFolder(tmp_path).write_record(SETTINGS, ABOUT)
    assert find_run(tmp_path) == RunFolder(tmp_path)
    with pytest.raises(FileError, match="is not a run folder"):
        find_run(tmp_path / "run.json")


def test_the_latest_run_is_the_one_whose_model_was_written_last(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="holds no trained run yet"):
        latest_run(tmp_path / "missing")
    for name, written in (("a", 100), ("b", 300), ("c", 200)):
        folder = RunFolder(tmp_path / name)
        folder.path.mkdir()
        folder.model.write_bytes(b"")
        os.utime(folder.model, (written, written))
    (tmp_path / "d").mkdir()  # has no model yet
    assert latest_run(tmp_path).path == tmp_path / "b"
