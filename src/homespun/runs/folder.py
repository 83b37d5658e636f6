"""A run folder: a training run on disk, with all that it takes to judge it and to run it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from homespun.errors import FileError, ModelFileError
from homespun.files import read_bounded, write_durably
from homespun.runs.evaluation import Evaluation
from homespun.storage import parse_json

FORMAT = 1
"""The version of run.json."""

_MOST_BYTES = 2**24
_RESULT = {"epochs", "best_epoch", "stopped", "seconds", "weights", "weight_hash", "test"}


@dataclass(frozen=True)
class Settings:
    """What a user chose, and all that decides the weights of a run on given data.

    Attributes:
        recipe: the recipe's name.
        seed: decides all that is random.
        epochs: how often to go over the data.
        validation: how many pictures of the training file are held out.
    """

    recipe: str
    seed: int
    epochs: int
    validation: int


@dataclass(frozen=True)
class RunFolder:
    """The files of one run, under `path`."""

    path: Path

    @property
    def model(self) -> Path:
        """The trained model."""
        return self.path / "model.safetensors"

    @property
    def metrics(self) -> Path:
        """A row for each epoch."""
        return self.path / "metrics.csv"

    @property
    def record(self) -> Path:
        """Settings, data, versions and, once the run has ended, its result."""
        return self.path / "run.json"

    @property
    def report(self) -> Path:
        """The page that shows the run."""
        return self.path / "report.html"

    def write_record(self, settings: Settings, about: Mapping[str, Any]) -> None:
        """Write run.json: the settings, and what else there is to say so far."""
        record = {"format": FORMAT, "settings": asdict(settings), **about}
        write_durably(self.record, json.dumps(record, indent=2, allow_nan=False).encode())

    def read_record(self) -> dict[str, Any]:
        """Return what stands in run.json.

        Raises:
            FileError: there is no such file, or it cannot be read.
            ModelFileError: it is damaged or of a newer format.
        """
        try:
            record = parse_json(read_bounded(self.record, _MOST_BYTES))
            if record["format"] != FORMAT:
                raise ValueError(f"it is not of format {FORMAT}; a newer homespun may read it")
            _check(record)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ModelFileError(self.record, f"is not a run's record ({error})") from error
        checked: dict[str, Any] = record
        return checked


def _check(record: Mapping[str, Any]) -> None:
    """Refuse a record in which something is missing that its readers count on."""
    Settings(**record["settings"])
    missing = {"data", "made_with"} - record.keys()
    if "result" in record:
        missing |= _RESULT - record["result"].keys()
        missing |= {field.name for field in fields(Evaluation)} - record["result"]["test"].keys()
    if missing:
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")


def next_free_folder(runs: Path, name: str) -> RunFolder:
    """Return the run folder `runs/name-N` with the smallest N from 1 that is not there yet."""
    n = 1
    while (runs / f"{name}-{n}").exists():
        n += 1
    return RunFolder(runs / f"{name}-{n}")


def find_run(path: Path) -> RunFolder:
    """Return the run folder at `path`.

    Raises:
        FileError: there is none; the message says what a run folder is.
    """
    if not (path / "run.json").is_file():
        raise FileError(path, "is not a run folder, it holds no run.json; homespun train makes one")
    return RunFolder(path)


def latest_run(runs: Path) -> RunFolder:
    """Return the run under `runs` whose model was written last.

    Raises:
        FileError: no run has a model yet.
    """
    models = sorted(runs.glob("*/model.safetensors"), key=lambda file: file.stat().st_mtime)
    if not models:
        raise FileError(runs, "holds no trained run yet; homespun train makes one")
    return RunFolder(models[-1].parent)
