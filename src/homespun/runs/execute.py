"""Carrying a run out: from settings and data to a folder with a trained, judged model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from homespun.data import Dataset
from homespun.errors import DivergedError, FileError
from homespun.files import is_part, remove_parts, write_durably
from homespun.models import Model
from homespun.runs.checkpoints import Checkpoints, KeepCheckpoints, Say
from homespun.runs.costs import peak_memory
from homespun.runs.evaluation import evaluate
from homespun.runs.folder import RunFolder, Settings, has_ended
from homespun.runs.job import Job
from homespun.runs.versions import differences, versions
from homespun.storage import save
from homespun.training import Callback, Progress, TrainingResult, begin, history_to_csv, train


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

    A run that was interrupted has not ended. Nothing is made or changed yet, so that bad input
    leaves no empty folder behind.

    Raises:
        FileError: the folder holds another run or other files, or another process writes the run.
        ModelFileError: the folder holds a damaged record.
    """
    record = _record_of_the_same_run(folder, settings)
    if record is not None and has_ended(record):
        return record
    folder.lock.check_free()
    return None


def execute(
    folder: RunFolder,
    settings: Settings,
    training_file: Dataset,
    test: Dataset,
    *,
    threads: int | None = None,
    callbacks: Sequence[Callback] = (),
    checkpoint_every: float | None = None,
    say: Say = lambda line: None,
) -> Mapping[str, Any]:
    """Train, keep the model, judge it on the test file, and return the record of the run.

    A run that was interrupted or killed goes on from its last checkpoint, and ends with the same
    weights and metrics as one that never was. One that has ended is left as it is.

    Args:
        folder: where to keep the run; it is made if it is not there.
        settings: what to train.
        training_file: is split into a training and a validation part.
        test: chooses nothing; it is looked at once, at the end.
        threads: how many; the result does not depend on it.
        callbacks: look on.
        checkpoint_every: seconds between checkpoints, 0: each step; as often as they take less than
            1% of the time by default.
        say: is given lines for people.

    Raises:
        FileError: the folder holds another run, the same one on other data, or other files; or it
            cannot be made or written, or another process is writing it.
        SettingError: no such recipe, or the settings do not fit the data.
        DivergedError: the loss or a gradient stopped being a finite number; the last checkpoint
            stands.
    """
    job = Job.of(settings, training_file)
    _make(folder)
    with folder.lock:
        remove_parts(folder.path)
        record = _record_of_the_same_run(folder, settings)
        checkpoints = Checkpoints(folder.checkpoints)
        if record is not None and has_ended(record):  # perhaps while we waited for the data
            checkpoints.remove()
            return record
        state = begin(job.plan, job.data)
        about = {"data": dict(job.about_data), "made_with": versions()}
        if record is not None and checkpoints.restore(state, say):
            about = _go_on(folder, record, about, say)
            say(f"going on after step {state.weights.step:,}, in epoch {state.progress.epoch}")
        folder.write_record(settings, about)
        keep = KeepCheckpoints(checkpoints, state, checkpoint_every)
        try:
            result = train(
                job.plan,
                job.data,
                job.validation,
                state=state,
                threads=threads,
                callbacks=[_WriteMetrics(folder), *callbacks, keep],
            )
        except DivergedError as error:
            raise DivergedError(f"{error} ({_what_stands(checkpoints)})") from error
        if result.stopped:
            say(f"stopped early ({result.stopped}); the best model so far is kept")
        model = _model(job, result, {"settings": asdict(settings), **about})
        save(model, folder.model)
        figures = evaluate(model.predict_proba(test.images, threads), test.labels, test.class_names)
        about["result"] = _describe_result(model, result, figures.to_json())
        folder.write_record(settings, about)
        if result.finished:
            checkpoints.remove()
        return folder.read_record()


def _model(job: Job, result: TrainingResult, record: Mapping[str, Any]) -> Model:
    return Model(
        network=job.plan.network,
        parameters=result.parameters,
        loss=job.plan.loss,
        scaling=result.scaling,
        in_shape=job.data.images.shape[1:],
        class_names=job.data.class_names,
        record=record,
    )


def _record_of_the_same_run(folder: RunFolder, settings: Settings) -> Mapping[str, Any] | None:
    """Return the record that stands in the folder, or None if there is nothing yet.

    Raises:
        FileError: the folder holds another run or other files.
        ModelFileError: the folder holds a damaged record.
    """
    if folder.record.exists():
        record = folder.read_record()
        if record["settings"] != asdict(settings):
            raise FileError(folder.path, "holds a run with other settings; choose another folder")
        return record
    if folder.path.exists() and not (folder.path.is_dir() and _holds_nothing(folder)):
        raise FileError(folder.path, "holds other files; choose another folder for the run")
    return None


def _holds_nothing(folder: RunFolder) -> bool:
    """Return whether there is nothing but what a run leaves that was killed in its first moment."""
    return all(is_part(path) or path == folder.lock.path for path in folder.path.iterdir())


def _make(folder: RunFolder) -> None:
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(folder.path, f"cannot be made ({error.strerror})") from error


def _go_on(
    folder: RunFolder, before: Mapping[str, Any], now: Mapping[str, Any], say: Say
) -> dict[str, Any]:
    """Return what the record says from here on; refuse other data, tell of other versions."""
    if before["data"] != now["data"]:
        raise FileError(folder.path, "holds a run on other pictures; choose another folder")
    about = {key: before[key] for key in ("data", "made_with", "went_on_with") if key in before}
    last = before.get("went_on_with", [before["made_with"]])[-1]
    if changes := differences(last, now["made_with"]):
        say(f"the last bits may differ from those of an unbroken run: {'; '.join(changes)}")
        about["went_on_with"] = [*before.get("went_on_with", []), now["made_with"]]
    return about


def _what_stands(checkpoints: Checkpoints) -> str:
    """Return how to go on after a run has diverged."""
    paths = checkpoints.paths()
    stands = f"{paths[0]} stands" if paths else "no checkpoint was written yet"
    return f"{stands}; the same run would end here again, another --seed or --recipe may not"


def _describe_result(
    model: Model, result: TrainingResult, figures: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "epochs": len(result.history),
        "best_epoch": result.best_epoch,
        "stopped": result.stopped,
        "finished": result.finished,
        "seconds": round(result.seconds, 3),
        "peak_bytes": peak_memory(),
        "weights": model.parameters.vector.size,
        "weight_hash": model.parameters.weight_hash(),
        "test": dict(figures),
    }
