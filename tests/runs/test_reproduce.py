from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import FileError, ModelFileError
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute
from homespun.runs.reproduce import reproduce
from homespun.training import Callback, Progress

SETTINGS = Settings(recipe="mlp", seed=7, epochs=2, validation=40)


@pytest.fixture
def folder(tmp_path: Path, training_file: Dataset, test_file: Dataset) -> RunFolder:
    folder = RunFolder(tmp_path / "one")
    execute(folder, SETTINGS, training_file, test_file)
    return folder


def change_record(folder: RunFolder, part: str, name: str, value: Any) -> None:
    record = json.loads(folder.record.read_text())
    record[part][name] = value
    folder.record.write_text(json.dumps(record))


def test_the_same_bits_come_out_and_nothing_is_written(
    folder: RunFolder, training_file: Dataset
) -> None:
    before = {file: file.stat().st_mtime_ns for file in folder.path.iterdir()}
    outcome = reproduce(folder, training_file, threads=1)
    assert outcome.identical
    assert outcome.differences == ()
    assert outcome.weight_hash == outcome.expected
    assert outcome.weight_hash == folder.read_record()["result"]["weight_hash"]
    assert before == {file: file.stat().st_mtime_ns for file in folder.path.iterdir()}


def test_other_settings_give_other_bits(folder: RunFolder, training_file: Dataset) -> None:
    change_record(folder, "settings", "seed", 8)
    change_record(folder, "made_with", "numpy", "1.0")
    outcome = reproduce(folder, training_file)
    assert not outcome.identical
    assert outcome.weight_hash != outcome.expected
    assert outcome.differences == (
        f"the weight hash is {outcome.weight_hash}, was {outcome.expected}",
        "metrics.csv differs from line 2 on",
        f"NumPy was 1.0, is {np.__version__}",
    )
    assert outcome.to_json()["differences"] == list(outcome.differences)


@pytest.mark.parametrize("cut", [-1, -20])
def test_metrics_that_were_cut_are_noticed(
    folder: RunFolder, training_file: Dataset, cut: int
) -> None:
    folder.metrics.write_bytes(folder.metrics.read_bytes()[:cut])
    outcome = reproduce(folder, training_file)
    assert not outcome.identical
    assert outcome.weight_hash == outcome.expected
    assert "metrics.csv differs" in outcome.differences[0]


def test_other_data_are_named_and_not_trained_on(folder: RunFolder, training_file: Dataset) -> None:
    images = training_file.images.copy()
    images[0, 0, 0, 0] ^= 1
    other = Dataset(images, training_file.labels, training_file.class_names)
    outcome = reproduce(folder, other)
    assert (outcome.identical, outcome.weight_hash) == (False, None)
    assert outcome.differences == ("the data differ (sha256), so nothing was trained",)


def test_a_run_that_has_not_ended_is_refused(
    tmp_path: Path, training_file: Dataset, test_file: Dataset
) -> None:
    class Stop(Callback):
        def on_step_end(self, progress: Progress) -> None:
            progress.stop("enough")

    folder = RunFolder(tmp_path / "one")
    with pytest.raises(FileError):
        reproduce(folder, training_file)
    execute(folder, SETTINGS, training_file, test_file, callbacks=[Stop()])
    with pytest.raises(ModelFileError, match="has not ended; homespun train --resume ends it"):
        reproduce(folder, training_file)
