"""What `homespun tune` does once Optuna is there: choose a search, carry it out, show it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from homespun.cli.choosing import chosen_pictures, hold_to, keep_apart
from homespun.cli.output import drawing, print_json, say, talk
from homespun.cli.source import Source, source_of
from homespun.cli.train import try_report
from homespun.cli.train_options import RECIPE
from homespun.cli.tuning_result import as_json_of, show
from homespun.errors import FileError, MissingExtraError, SettingError
from homespun.report.search import write_search
from homespun.runs.folder import has_ended
from homespun.training import Callback, StopOnInterrupt
from homespun.tune.best import Best, keep_best
from homespun.tune.folder import StudyFolder, find_study, next_free_study
from homespun.tune.progress import ShowTrial
from homespun.tune.search import Found, check_folder, search
from homespun.tune.wanted import Wanted

_RUNS = Path("runs")


def tuned(
    chosen: Mapping[str, Any],
    pictures: Path | None,
    study: Path | None,
    data: Path | None,
    n_trials: int,
    seconds: float | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Search, keep the best run, and show what was found.

    Exit status 1 if every trial failed.
    """
    folder, wanted = _choose(chosen, pictures, study)
    check_folder(folder)
    source = source_of(wanted.settings({"epochs": 1}), folder, pictures or data, threads)
    say(f"searching around {wanted.recipe} (seed {wanted.seed}) in {folder.path}")
    with StopOnInterrupt() as interrupt:
        callbacks = [ShowTrial(talk), interrupt]
        found = search(
            folder,
            wanted,
            source.training_file,
            n_trials,
            seconds=seconds,
            manifest=source.manifest,
            threads=threads,
            callbacks=callbacks,
            say=say,
        )
        best = None
        if not interrupt.interrupted:
            best = _keep_best(folder, wanted, found, source, threads, callbacks)
    _write_page(folder, wanted, found, best)
    _say_how_to_go_on(folder, found, best)
    if as_json:
        print_json(as_json_of(folder, wanted, found, best))
    else:
        show(folder, wanted, found, best)
    if found.best is None and not found.stopped:
        raise typer.Exit(1)


def _choose(
    chosen: Mapping[str, Any], pictures: Path | None, study: Path | None
) -> tuple[StudyFolder, Wanted]:
    """Return the folder of the search and what is wanted: of one that was begun, what stands there.

    Raises:
        FileError: the folder cannot be read.
        ModelFileError: its record is damaged.
        SettingError: what was given does not go together.
    """
    if study is not None and StudyFolder(study).record.exists():
        folder = find_study(study)
        begun = folder.read_record()["wanted"]
        hold_to(chosen, begun, f"search in {study}")
        if pictures is not None and begun["folder"] is None:
            raise SettingError(f"the search in {study} was begun on Fashion-MNIST, not on a folder")
        return folder, Wanted(**begun)
    wanted = Wanted(
        recipe=chosen["recipe"] or RECIPE,
        seed=chosen["seed"] or 0,
        epochs=chosen["epochs"],
        changes=chosen["changes"] or {},
        **chosen_pictures(chosen, pictures),
    )
    folder = next_free_study(_RUNS) if study is None else StudyFolder(study)
    keep_apart(folder.path, wanted.folder, "study")
    return folder, wanted


def _keep_best(
    folder: StudyFolder,
    wanted: Wanted,
    found: Found,
    source: Source,
    threads: int | None,
    callbacks: list[Callback],
) -> Best | None:
    """Train the best settings as a run; None where there are none, or others are still at it."""
    if found.best is None:
        return None
    if found.n_running and found.n_own:
        say(f"others are at {found.n_running} more; who ends last trains the best settings")
        return None
    try:
        folder.run_of(found.best.trial).lock.check_free()
    except FileError as error:
        say(str(error))
        return None
    run = folder.run_of(found.best.trial)
    is_drawn = run.report.exists() and has_ended(run.read_record())
    if not is_drawn:
        say(f"training the settings of trial {found.best.trial} as a run")
    best = keep_best(
        folder,
        wanted,
        found.best,
        source.training_file,
        source.judged,
        threads=threads,
        callbacks=callbacks,
        preparation=source.preparation,
        manifest=source.manifest,
        say=say,
    )
    if has_ended(best.record) and not best.is_as_tried:
        say("its weights differ from the trial's, which was carried out by another machine")
    if not is_drawn:
        try_report(best.run, source.parts if has_ended(best.record) else None, threads)
    return best


def _write_page(folder: StudyFolder, wanted: Wanted, found: Found, best: Best | None) -> None:
    try:
        with drawing(folder.report):
            write_search(folder, wanted, found, best)
    except MissingExtraError as error:
        say(str(error))


def _say_how_to_go_on(folder: StudyFolder, found: Found, best: Best | None) -> None:
    unfinished = best is not None and not has_ended(best.record)
    if found.stopped or unfinished:
        why = f" ({found.stopped})" if found.stopped else ""
        say(f"ended early{why}; to go on: homespun tune --study {folder.path}")
