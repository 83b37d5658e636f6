from __future__ import annotations

import csv
import dataclasses
import errno
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import FileError, ModelFileError, SettingError
from homespun.models import RECIPES
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute, prepare
from homespun.storage import load
from homespun.training import Callback, Progress

SETTINGS = Settings(recipe="mlp", seed=7, epochs=2, validation=40)

Run = Callable[..., Mapping[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "runs" / "one")


@pytest.fixture
def run(folder: RunFolder, training_file: Dataset, test_file: Dataset) -> Run:
    """(settings=..., anything else of execute) -> the record of a run in `folder`."""

    def do_run(settings: Settings = SETTINGS, **others: Any) -> Mapping[str, Any]:
        arguments = {"training_file": training_file, "test": test_file} | others
        return execute(folder, settings, **arguments)

    return do_run


def test_a_run_from_end_to_end(
    folder: RunFolder, run: Run, training_file: Dataset, test_file: Dataset
) -> None:
    record = run()
    assert sorted(os.listdir(folder.path)) == ["metrics.csv", "model.safetensors", "run.json"]
    assert record == json.loads(folder.record.read_text())
    assert record["settings"] == vars(SETTINGS)

    model = load(folder.model)
    assert model.class_names == ("top", "middle", "bottom")
    assert model.in_shape == (8, 8, 1)
    assert model.record["settings"] == vars(SETTINGS)

    result = record["result"]
    assert result["weight_hash"] == model.parameters.weight_hash()
    assert result["weights"] == model.parameters.vector.size
    assert (result["epochs"], result["stopped"]) == (2, None)
    right = model.predict(test_file.images) == test_file.labels
    assert result["test"]["n"] == 90
    assert result["test"]["accuracy"] == right.mean() > 0.5

    with open(folder.metrics, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    best = max(rows, key=lambda row: float(row["validation_accuracy"]))
    assert int(best["epoch"]) == result["best_epoch"]


def test_the_record_says_what_was_trained_on(run: Run, training_file: Dataset) -> None:
    data = run(dataclasses.replace(SETTINGS, epochs=1))["data"]
    pixels, labels = training_file.images.tobytes(), training_file.labels.astype("<i8").tobytes()
    assert data["sha256"] == hashlib.sha256(pixels + labels).hexdigest()
    assert (data["n_train"], data["n_validation"]) == (360, 40)
    assert (data["class_names"], data["in_shape"]) == (["top", "middle", "bottom"], [8, 8, 1])


def test_the_same_weights_whatever_the_number_of_threads(
    tmp_path: Path, training_file: Dataset, test_file: Dataset
) -> None:
    hashes = set()
    for threads in (1, 2, 3):
        folder = RunFolder(tmp_path / f"threads-{threads}")
        record = execute(folder, SETTINGS, training_file, test_file, threads=threads)
        hashes.add(record["result"]["weight_hash"])
    assert len(hashes) == 1
    other_seed = dataclasses.replace(SETTINGS, seed=8)
    record = execute(RunFolder(tmp_path / "seed"), other_seed, training_file, test_file)
    assert record["result"]["weight_hash"] not in hashes


def test_the_test_file_chooses_nothing(
    tmp_path: Path, training_file: Dataset, test_file: Dataset
) -> None:
    mislabelled = Dataset(test_file.images, (test_file.labels + 1) % 3, test_file.class_names)
    results = [
        execute(RunFolder(tmp_path / str(i)), SETTINGS, training_file, test)["result"]
        for i, test in enumerate((test_file, mislabelled))
    ]
    assert results[0]["weight_hash"] == results[1]["weight_hash"]
    assert results[0]["test"]["accuracy"] > 0.5 > results[1]["test"]["accuracy"]


def test_without_a_validation_part_the_last_epoch_is_kept(folder: RunFolder, run: Run) -> None:
    record = run(dataclasses.replace(SETTINGS, validation=0))
    assert (record["data"]["n_train"], record["data"]["n_validation"]) == (400, 0)
    assert record["result"]["best_epoch"] == 2
    with open(folder.metrics, newline="") as file:
        assert {row["validation_loss"] for row in csv.DictReader(file)} == {""}


class StopAfter(Callback):
    """Stops in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_step_end(self, progress: Progress) -> None:
        if progress.epoch == self.epoch:
            assert progress.n_seen < progress.n_samples
            progress.stop("enough")


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_run_that_is_stopped_in_an_epoch_leaves_a_usable_model(
    folder: RunFolder, run: Run, test_file: Dataset, epoch: int
) -> None:
    lines: list[str] = []
    assert RECIPES["mlp"].batch_size < 360
    result = run(callbacks=[StopAfter(epoch)], say=lines.append)["result"]
    assert (result["epochs"], result["stopped"]) == (epoch - 1, "enough")
    assert lines == ["stopped early (enough); the best model so far is kept"]
    model = load(folder.model)
    assert model.parameters.weight_hash() == result["weight_hash"]
    assert np.isfinite(model.predict_proba(test_file.images)).all()
    assert len(folder.metrics.read_text().splitlines()) == 1 + (epoch - 1)


def test_a_run_that_was_killed_is_run_again_and_leaves_no_old_metrics(
    folder: RunFolder, run: Run
) -> None:
    folder.path.mkdir(parents=True)
    folder.write_record(SETTINGS, {"data": {}, "made_with": {}})
    folder.metrics.write_text("of the run that was killed\n")
    assert prepare(folder, SETTINGS) is None
    run(callbacks=[StopAfter(1)])
    assert folder.metrics.read_text().count("\n") == 1
    assert "killed" not in folder.metrics.read_text()


def test_prepare_gives_the_record_of_a_run_that_has_ended(folder: RunFolder, run: Run) -> None:
    assert prepare(folder, SETTINGS) is None
    assert not folder.path.exists()
    record = run()
    assert prepare(folder, SETTINGS) == record


def test_prepare_takes_an_empty_folder(folder: RunFolder) -> None:
    folder.path.mkdir(parents=True)
    assert prepare(folder, SETTINGS) is None


@pytest.mark.parametrize("field", ["seed", "epochs", "validation"])
def test_prepare_refuses_a_run_with_other_settings(folder: RunFolder, field: str) -> None:
    folder.path.mkdir(parents=True)
    folder.write_record(SETTINGS, {"data": {}, "made_with": {}})
    other = dataclasses.replace(SETTINGS, **{field: getattr(SETTINGS, field) + 1})
    with pytest.raises(FileError, match="holds a run with other settings"):
        prepare(folder, other)


def test_prepare_refuses_what_is_not_a_run(folder: RunFolder) -> None:
    folder.path.mkdir(parents=True)
    (folder.path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileError, match="one: holds other files"):
        prepare(folder, SETTINGS)
    with pytest.raises(FileError, match=r"thesis.txt: holds other files"):
        prepare(RunFolder(folder.path / "thesis.txt"), SETTINGS)
    folder.record.write_text("{}")
    with pytest.raises(ModelFileError, match="is not a run's record"):
        prepare(folder, SETTINGS)


def test_a_folder_that_another_run_took_meanwhile_is_left_alone(
    folder: RunFolder, run: Run
) -> None:
    assert prepare(folder, SETTINGS) is None
    folder.path.mkdir(parents=True)
    folder.write_record(dataclasses.replace(SETTINGS, seed=8), {"data": {}, "made_with": {}})
    before = folder.record.read_bytes()
    with pytest.raises(FileError, match="other settings"):
        run()
    assert os.listdir(folder.path) == ["run.json"]
    assert folder.record.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_one_error(folder: RunFolder, run: Run) -> None:
    folder.path.parent.write_text("a file where a folder is needed")
    with pytest.raises(FileError, match="one: cannot be made"):
        run()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (dataclasses.replace(SETTINGS, validation=400), "hold out"),
        (dataclasses.replace(SETTINGS, validation=-1), "hold out"),
        (dataclasses.replace(SETTINGS, seed=2**64), "seed"),
        (dataclasses.replace(SETTINGS, epochs=0), "epochs"),
        (dataclasses.replace(SETTINGS, recipe="mpl"), "did you mean mlp"),
    ],
    ids=repr,
)
def test_settings_that_cannot_work_leave_no_folder(
    folder: RunFolder, run: Run, settings: Settings, problem: str
) -> None:
    with pytest.raises(SettingError, match=problem):
        run(settings)
    assert not folder.path.exists()


def test_a_disk_that_fills_up_leaves_a_run_that_can_be_run_again(
    folder: RunFolder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def full_for_models(source: Path, target: Path) -> None:
        if target.name == "model.safetensors":
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full_for_models)
        with pytest.raises(FileError, match="No space left"):
            run()
    assert sorted(os.listdir(folder.path)) == ["metrics.csv", "run.json"]
    assert prepare(folder, SETTINGS) is None
    assert "result" in run()


def test_a_disk_that_is_full_for_a_while_costs_nothing(
    tmp_path: Path, training_file: Dataset, test_file: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither metrics nor checkpoints find room in the epochs; the model does at the end."""
    expected = execute(RunFolder(tmp_path / "unbroken"), SETTINGS, training_file, test_file)
    folder = RunFolder(tmp_path / "full")
    replace = os.replace
    lines: list[str] = []

    def full_while_it_trains(source: Path, target: Path) -> None:
        is_training = folder.metrics.exists() and not folder.model.exists()
        if is_training and target.name != "model.safetensors":
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full_while_it_trains)
    record = execute(
        folder, SETTINGS, training_file, test_file, checkpoint_every=0.0, say=lines.append
    )
    assert record["result"]["weight_hash"] == expected["result"]["weight_hash"]
    for name in ("metrics.csv", "model.safetensors"):
        there = (tmp_path / "unbroken" / name).read_bytes()
        assert (folder.path / name).read_bytes() == there
    told = [line for line in lines if "No space left" in line]
    assert len(told) == 1 + SETTINGS.epochs
    assert "no checkpoint after step 1" in told[0]
    assert all("metrics.csv: cannot be written" in line for line in told[1:])


def test_metrics_that_cannot_be_written_in_the_end_end_no_run(
    folder: RunFolder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is trained is kept in the model; the same command goes on and writes the rest."""
    replace = os.replace

    def full_once_the_model_is_there(source: Path, target: Path) -> None:
        if folder.model.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full_once_the_model_is_there)
        with pytest.raises(FileError, match=r"metrics.csv: cannot be written \(No space left"):
            run()
    assert load(folder.model).record["settings"] == vars(SETTINGS)
    assert prepare(folder, SETTINGS) is None, "it has not ended"
    assert "result" in run()
