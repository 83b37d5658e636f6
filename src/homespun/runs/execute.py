"""Carrying a run out: from settings and data to a folder with a trained, judged model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from homespun.data import Dataset, Manifest, Preparation
from homespun.errors import DivergedError, FileError
from homespun.files import is_part, make_folder, remove_parts, write_durably
from homespun.models import Model
from homespun.runs.checkpoints import Checkpoints, KeepCheckpoints, Say
from homespun.runs.evaluation import evaluate
from homespun.runs.folder import RunFolder, Settings, has_ended
from homespun.runs.job import Job
from homespun.runs.memory import peak_memory
from homespun.runs.sharing import share_job
from homespun.runs.trust import about_trust, trust_shares, with_trust, words_of_trust
from homespun.runs.versions import differences, versions
from homespun.storage import pack_checkpoint, save
from homespun.training import (
    ALONE,
    Callback,
    EpochRecord,
    Progress,
    Ranks,
    TrainingResult,
    begin,
    history_to_csv,
    train,
)

_PREPARATION = Preparation()
"""The way of Fashion-MNIST's makers."""


class _WriteMetrics(Callback):
    """Keeps metrics.csv up to date, so that a run can be followed."""

    def __init__(self, folder: RunFolder, say: Say) -> None:
        self._folder = folder
        self._say = say

    def on_train_begin(self, progress: Progress) -> None:
        # a run that was killed may have left its own
        _write_metrics(self._folder, progress.history)

    def on_epoch_end(self, progress: Progress) -> None:
        try:
            _write_metrics(self._folder, progress.history)
        except FileError as error:  # they are written again at the end, when there may be room
            self._say(str(error))


def _write_metrics(folder: RunFolder, history: Sequence[EpochRecord]) -> None:
    write_durably(folder.metrics, history_to_csv(history).encode())


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
    ranks: Ranks = ALONE,
    callbacks: Sequence[Callback] = (),
    checkpoint_every: float | None = None,
    preparation: Preparation | None = _PREPARATION,
    manifest: Manifest | None = None,
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
        ranks: the processes that train together; this is the first of them, and each other calls
            `follow`. The result does not depend on how many they are.
        callbacks: look on.
        checkpoint_every: seconds between checkpoints, 0: each step; as often as they take less than
            1% of the time by default.
        preparation: what photos must go through to be like these pictures; kept with the model.
        manifest: which picture of a user's folder is in which part; kept with the run.
        say: is given lines for people.

    Raises:
        FileError: the folder holds another run, the same one on other data, or other files; or it
            cannot be made or written, or another process is writing it.
        ModelFileError: the record is damaged, or every checkpoint of the run.
        SettingError: no such recipe, or the settings do not fit the data.
        DivergedError: the loss or a gradient stopped being a finite number; the last checkpoint
            stands.
    """
    job = share_job(settings, lambda: training_file, ranks)
    make_folder(folder.path)
    with folder.lock:
        remove_parts(folder.path)
        record = _record_of_the_same_run(folder, settings)
        checkpoints = Checkpoints(folder.checkpoints)
        if record is not None and has_ended(record):  # perhaps while we waited for the data
            checkpoints.remove()
            ranks.tell(lambda: None)
            return record
        state = begin(job.plan, job.data)
        about = {"data": dict(job.about_data), "made_with": versions()}
        if record is not None:
            if checkpoints.restore(state, say):
                about = _go_on(folder, record, about, say)
                say(f"going on after step {state.weights.step:,}, in epoch {state.progress.epoch}")
            else:
                say("no checkpoint is there, so the run begins again")
        folder.write_record(settings, about)
        if manifest is not None:
            manifest.write(folder.manifest)
        ranks.tell(lambda: pack_checkpoint(state))
        keep = KeepCheckpoints(checkpoints, state, checkpoint_every, say=say)
        try:
            result = train(
                job.plan,
                job.data,
                job.validation,
                state=state,
                threads=threads,
                ranks=ranks,
                callbacks=[_WriteMetrics(folder, say), *callbacks, keep],
            )
        except DivergedError as error:
            raise DivergedError(f"{error} ({_what_stands(checkpoints)})") from error
        if result.stopped:
            say(f"stopped early ({result.stopped}); the best model so far is kept")
        model = _model(job, result, {"settings": _to_pass_on(settings), **about}, preparation)
        model = with_trust(model, job.data, job.validation, threads)
        if model.rejection is None:
            say(words_of_trust(model))
        save(model, folder.model)
        _write_metrics(folder, result.history)
        about["result"] = _describe_result(model, result) | _judge(model, test, threads)
        folder.write_record(settings, about)
        if result.finished:
            checkpoints.remove()
        return folder.read_record()


def _model(
    job: Job,
    result: TrainingResult,
    record: Mapping[str, Any],
    preparation: Preparation | None,
) -> Model:
    return Model(
        network=job.plan.network,
        parameters=result.parameters,
        loss=job.plan.loss,
        scaling=result.scaling,
        in_shape=job.data.images.shape[1:],
        class_names=job.data.class_names,
        record=record,
        preparation=preparation,
    )


def _to_pass_on(settings: Settings) -> dict[str, Any]:
    """Return the settings for the model file, which may be given away."""
    told = asdict(settings)  # where folders lie on this machine is nobody's business
    if settings.folder is not None:
        told["folder"] = Path(settings.folder).name
    return told


def _record_of_the_same_run(folder: RunFolder, settings: Settings) -> Mapping[str, Any] | None:
    """Return the record that stands in the folder, or None if there is nothing yet.

    Raises:
        FileError: the folder holds another run or other files.
        ModelFileError: the folder holds a damaged record.
    """
    if folder.record.exists():
        record = folder.read_record()
        if Settings(**record["settings"]) != settings:
            raise FileError(folder.path, "holds a run with other settings; choose another folder")
        return record
    if folder.path.exists() and not (folder.path.is_dir() and _holds_nothing(folder)):
        raise FileError(folder.path, "holds other files; choose another folder for the run")
    return None


def _holds_nothing(folder: RunFolder) -> bool:
    """Return whether there is nothing but what a run leaves that was killed in its first moment."""
    return all(is_part(path) or path == folder.lock.path for path in folder.path.iterdir())


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


def _judge(model: Model, test: Dataset, threads: int | None) -> dict[str, Any]:
    """Return how good the model is on the test file, and how its trust worked out there."""
    answers = model.answer(test.images, threads)
    figures = evaluate(answers.probabilities, test.labels, test.class_names)
    right = answers.probabilities.argmax(axis=1) == test.labels
    on_test = trust_shares(answers.trust, right)
    return {"test": figures.to_json(), "trust": about_trust(model) | {"test": on_test}}


def _describe_result(model: Model, result: TrainingResult) -> dict[str, Any]:
    return {
        "epochs": len(result.history),
        "best_epoch": result.best_epoch,
        "stopped": result.stopped,
        "finished": result.finished,
        "seconds": round(result.seconds, 3),
        "peak_bytes": peak_memory(),
        "weights": model.parameters.vector.size,
        "weight_hash": model.parameters.weight_hash(),
    }
