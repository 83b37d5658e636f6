"""A run folder: a training run on disk, with all that it takes to judge it and to run it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from homespun.errors import FileError, ModelFileError
from homespun.files import Lock, read_bounded, write_durably
from homespun.models.knobs import Changes, check_changes
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
        validation: how many pictures of the training file are held out; None, for folders of
            pictures alone, leaves it to the folder.
        folder: where a user's own pictures lie; None for Fashion-MNIST and data sets of Python.
        image_size: pixels a side that these are brought to; None leaves it to the pictures.
        changes: what differs from the recipe, by the names of knobs (`models/knobs.py`).
    """

    recipe: str
    seed: int
    epochs: int
    validation: int | None
    folder: str | None = None
    image_size: int | None = None
    changes: Changes = field(default_factory=dict)


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
    def checkpoints(self) -> Path:
        """The folder of what a run that was interrupted goes on from."""
        return self.path / "checkpoint"

    @property
    def lock(self) -> Lock:
        """Held by the process that writes the run."""
        return Lock(self.path / "lock")

    @property
    def report(self) -> Path:
        """The page that shows the run."""
        return self.path / "report.html"

    @property
    def card(self) -> Path:
        """The model card: what the model is for, how good it is, and where it ends."""
        return self.path / "README.md"

    @property
    def manifest(self) -> Path:
        """Which picture of a folder is in which part."""
        return self.path / "manifest.csv"

    @property
    def costs(self) -> Path:
        """What an answer costs, measured once."""
        return self.path / "costs.json"

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
    """Refuse a record in which something is missing or odd that its readers count on."""
    settings = Settings(**record["settings"])
    kinds: dict[str, type] = {"recipe": str, "seed": int, "epochs": int, "validation": int}
    if settings.folder is not None:
        kinds["folder"] = str
        for name in ("validation", "image_size"):
            kinds[name] = type(None) if getattr(settings, name) is None else int
    _check_kinds(asdict(settings), kinds | {"changes": dict})
    check_changes(settings.changes)
    _check_kinds(record, {"data": dict, "made_with": dict})
    later = record.get("went_on_with", [{}])
    if not isinstance(later, list) or not later or not all(isinstance(v, dict) for v in later):
        raise ValueError("its went_on_with is not a list of versions")
    if "result" in record:
        result = record["result"]
        missing = _RESULT - result.keys()
        missing |= {field.name for field in fields(Evaluation)} - result["test"].keys()
        if missing:
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
        _check_kinds(result, {"epochs": int, "weights": int, "weight_hash": str})
        _check_kinds({"finished": True} | result, {"finished": bool})


def _check_kinds(values: Mapping[str, Any], kinds: Mapping[str, type]) -> None:
    for name, kind in kinds.items():
        if type(values.get(name)) is not kind:  # True is an int, but no number
            raise ValueError(f"its {name} is missing or is not a {kind.__name__}")


def has_ended(record: Mapping[str, Any]) -> bool:
    """Return whether nothing is left to train of the run: it was neither killed nor stopped."""
    return "result" in record and record["result"].get("finished", True)


def next_free_folder(runs: Path, name: str) -> RunFolder:
    """Return the run folder `runs/name-N` with the smallest N from 1 that is not there yet."""
    n = 1
    while (runs / f"{name}-{n}").exists():
        n += 1
    return RunFolder(runs / f"{name}-{n}")


def unfinished_run(runs: Path, settings: Settings) -> RunFolder | None:
    """Return the run under `runs` that was begun last with these settings and can go on, or None.

    A run that some process is writing, and a folder that holds no sound record, are passed over.
    """
    for record in sorted(runs.glob("*/run.json"), key=_written, reverse=True):
        folder = RunFolder(record.parent)
        try:
            found = folder.read_record()
            if Settings(**found["settings"]) == settings and not has_ended(found):
                folder.lock.check_free()
                return folder
        except (FileError, ModelFileError):
            continue
    return None


def _written(path: Path) -> float:
    return path.stat().st_mtime


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
    models = sorted(runs.glob("*/model.safetensors"), key=_written)
    if not models:
        raise FileError(runs, "holds no trained run yet; homespun train makes one")
    return RunFolder(models[-1].parent)
