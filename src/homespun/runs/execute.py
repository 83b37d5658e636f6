"""Carrying a run out: from settings and data to a folder with a trained, judged model."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from homespun.data import Dataset, split
from homespun.errors import FileError
from homespun.files import write_durably
from homespun.models import Model, find_recipe
from homespun.runs.evaluation import evaluate
from homespun.runs.folder import RunFolder, Settings
from homespun.storage import save
from homespun.training import Callback, Progress, TrainingResult, history_to_csv, train


class _WriteMetrics(Callback):
    """Keeps metrics.csv up to date, so that a run can be followed and nothing is lost."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    def on_train_begin(self, progress: Progress) -> None:
        self._write(progress)  # a run that was killed may have left its own

    def on_epoch_end(self, progress: Progress) -> None:
        self._write(progress)

    def _write(self, progress: Progress) -> None:
        write_durably(self._folder.metrics, history_to_csv(progress.history).encode())


def prepare(folder: RunFolder, settings: Settings) -> Mapping[str, Any] | None:
    """Return the record of the same run if it has already ended in the folder, else None.

    Nothing is made or changed yet, so that bad input leaves no empty folder behind.

    Raises:
        FileError: the folder holds another run or other files.
        ModelFileError: the folder holds a damaged record.
    """
    if folder.record.exists():
        record = folder.read_record()
        if record["settings"] != asdict(settings):
            raise FileError(folder.path, "holds a run with other settings; choose another folder")
        return record if "result" in record else None
    if folder.path.exists() and (not folder.path.is_dir() or any(folder.path.iterdir())):
        raise FileError(folder.path, "holds other files; choose another folder for the run")
    return None


def execute(
    folder: RunFolder,
    settings: Settings,
    training_file: Dataset,
    test: Dataset,
    *,
    threads: int | None = None,
    callbacks: Sequence[Callback] = (),
    say: Callable[[str], None] = lambda line: None,
) -> Mapping[str, Any]:
    """Train, keep the model, judge it on the test file, and return the record of the run.

    Args:
        folder: where to keep the run; it is made if it is not there.
        settings: what to train.
        training_file: is split into a training and a validation part.
        test: chooses nothing; it is looked at once, at the end.
        threads: how many; the result does not depend on it.
        callbacks: look on.
        say: is given lines for people.

    Raises:
        FileError: the folder holds another run or other files, or cannot be made or written.
        SettingError: no such recipe, or the settings do not fit the data.
        DivergedError: the loss stopped being a finite number.
    """
    recipe = find_recipe(settings.recipe)
    data, validation = training_file, None
    if settings.validation:
        data, validation = split(training_file, settings.validation, settings.seed)
    plan = recipe.plan(
        n_samples=len(data), n_classes=data.n_classes, seed=settings.seed, epochs=settings.epochs
    )
    about = {"data": _describe_data(training_file, data, validation), "made_with": _versions()}
    _claim(folder, settings)
    folder.write_record(settings, about)
    result = train(
        plan,
        data,
        validation,
        threads=threads,
        callbacks=[_WriteMetrics(folder), *callbacks],
    )
    model = Model(
        network=plan.network,
        parameters=result.parameters,
        loss=plan.loss,
        scaling=result.scaling,
        in_shape=data.images.shape[1:],
        class_names=data.class_names,
        record={"settings": asdict(settings), **about},
    )
    save(model, folder.model)
    if result.stopped:
        say(f"stopped early ({result.stopped}); the best model so far is kept")
    figures = evaluate(model.predict_proba(test.images, threads), test.labels, test.class_names)
    about["result"] = _describe_result(model, result, figures.to_json())
    folder.write_record(settings, about)
    return folder.read_record()


def _claim(folder: RunFolder, settings: Settings) -> None:
    """Make the folder, if no other run has taken it since it was chosen."""
    prepare(folder, settings)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(folder.path, f"cannot be made ({error.strerror})") from error


def _describe_data(whole: Dataset, data: Dataset, validation: Dataset | None) -> dict[str, Any]:
    digest = hashlib.sha256(np.ascontiguousarray(whole.images).data)
    digest.update(whole.labels.astype("<i8").tobytes())
    return {
        "sha256": digest.hexdigest(),
        "n_train": len(data),
        "n_validation": 0 if validation is None else len(validation),
        "class_names": list(whole.class_names),
        "in_shape": list(whole.images.shape[1:]),
    }


def _versions() -> dict[str, Any]:
    """Return what besides the settings can move the last bits of a weight."""
    kernels = [f"{pool['internal_api']} {pool.get('architecture')}" for pool in threadpool_info()]
    return {
        "homespun": version("homespun"),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "kernels": sorted(set(kernels)),
    }


def _describe_result(
    model: Model, result: TrainingResult, figures: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "epochs": len(result.history),
        "best_epoch": result.best_epoch,
        "stopped": result.stopped,
        "seconds": round(result.seconds, 3),
        "weights": model.parameters.vector.size,
        "weight_hash": model.parameters.weight_hash(),
        "test": dict(figures),
    }
