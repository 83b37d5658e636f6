"""`homespun train`: follow a recipe on Fashion-MNIST or one's own pictures; keep it in a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from homespun.cli.changes import parse_changes
from homespun.cli.choosing import choose_run
from homespun.cli.duration import parse_duration
from homespun.cli.options import DataFolder, Threads
from homespun.cli.output import AsJson, drawing, print_json, print_line, say, talk
from homespun.cli.source import source_of
from homespun.cli.train_options import (
    Changes,
    CheckpointEvery,
    Epochs,
    ImageSize,
    LimitOfTime,
    OpenIt,
    Pictures,
    Recipe,
    Resume,
    Run,
    Seed,
    Validation,
)
from homespun.data import Dataset
from homespun.errors import MissingExtraError, SettingError
from homespun.mpi.command import ranks_of_command
from homespun.report import write_report
from homespun.runs import RunFolder, Settings, has_ended
from homespun.runs.execute import execute, prepare
from homespun.runs.follow import follow
from homespun.training import Callback, Ranks, StopOnInterrupt, TimeLimit
from homespun.training.progress import ShowProgress

OFFICIAL = "official test file"
VALIDATION_PART = "validation part"


def train(
    pictures: Pictures = None,
    recipe: Recipe = None,
    seed: Seed = None,
    epochs: Epochs = None,
    validation: Validation = None,
    image_size: ImageSize = None,
    changes: Changes = None,
    run: Run = None,
    resume: Resume = None,
    time_limit: LimitOfTime = None,
    checkpoint_every: CheckpointEvery = None,
    open_it: OpenIt = False,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Train on Fashion-MNIST or your own pictures; judge and keep.

    It is judged once: on the official test file, or on pictures of yours that it never learnt from.
    Ctrl-C ends the training after the current step and keeps the best model so far; the same
    command again goes on where it ended, with the same bits as if it had never been stopped.
    Started by mpiexec, several processes train together; they come to the same bits, too.
    """
    if pictures is not None and data is not None:
        raise SettingError(f"{pictures} and --data {data} both name a folder; name one")
    chosen = {
        "recipe": recipe,
        "seed": seed,
        "epochs": epochs,
        "validation": validation,
        "image_size": image_size,
        "changes": parse_changes(changes),
    }
    every = (
        None if checkpoint_every is None else parse_duration(checkpoint_every, "--checkpoint-every")
    )
    limit = [] if time_limit is None else [TimeLimit(parse_duration(time_limit, "--time-limit"))]
    with ranks_of_command() as ranks:
        folder, settings = ranks.tell(lambda: choose_run(chosen, pictures, run, resume))
        record = ranks.tell(lambda: prepare(folder, settings))
        if record is not None:
            stopped = record["result"]["stopped"]
            early = f" early ({stopped})" if stopped else ""
            say(f"this run has already ended{early} in {folder.path}; nothing to do")
        elif ranks.rank == 0:
            record = _carry_out(folder, settings, pictures or data, threads, ranks, every, limit)
        else:
            _follow(folder, settings, pictures or data, threads, ranks)
        if ranks.rank > 0 or record is None:
            return
    _show(folder, record, as_json)
    if open_it and folder.report.exists():
        typer.launch(folder.report.resolve().as_uri())


def _carry_out(
    folder: RunFolder,
    settings: Settings,
    named: Path | None,
    threads: int | None,
    ranks: Ranks,
    every: float | None,
    callbacks: Sequence[Callback],
) -> Mapping[str, Any]:
    """Train, draw the report, and return the record of the run."""
    source = source_of(settings, folder, named, threads)
    together = f" on {ranks.size} ranks" if ranks.size > 1 else ""
    say(f"training {settings.recipe} (seed {settings.seed}){together} in {folder.path}")
    with StopOnInterrupt() as interrupt:
        record = execute(
            folder,
            settings,
            source.training_file,
            source.judged,
            threads=threads,
            ranks=ranks,
            callbacks=[ShowProgress(talk), interrupt, *callbacks],
            checkpoint_every=every,
            preparation=source.preparation,
            manifest=source.manifest,
            say=say,
        )
    if not has_ended(record):
        say(f"to go on: homespun train --resume {folder.path}")
    try_report(folder, source.parts if has_ended(record) else None, threads)
    return record


def _follow(
    folder: RunFolder, settings: Settings, named: Path | None, threads: int | None, ranks: Ranks
) -> None:
    """Train along with the first rank; it talks to people and writes files, and this one does not.

    What it finds wrong is told there.
    """
    with StopOnInterrupt() as interrupt:
        follow(
            settings,
            lambda: source_of(settings, folder, named, threads).training_file,
            ranks,
            threads=threads,
            callbacks=[interrupt],
        )


def try_report(
    folder: RunFolder, data: tuple[Dataset, Dataset] | None, threads: int | None
) -> None:
    """Draw the page of a run, or say what is missing for it."""
    try:
        if data is None:
            write_report(folder)
            return
        say("drawing the report")
        with drawing(folder.report):
            write_report(folder, data, threads)
    except MissingExtraError as error:
        say(str(error))


def _show(folder: RunFolder, record: Mapping[str, Any], as_json: bool) -> None:
    result, test = record["result"], record["result"]["test"]
    if as_json:
        print_json(
            {
                "run": str(folder.path),
                **record["settings"],
                **{key: value for key, value in result.items() if key != "test"},
                "accuracy": test["accuracy"],
                "n": test["n"],
                "judged_on": record["data"].get("judged_on", OFFICIAL),
            }
        )
        return
    low, high = test["interval"]
    part = record["data"].get("judged_on", OFFICIAL)
    print_line(
        f"accuracy {test['accuracy']:.2%} on the {test['n']:,} pictures of the {part} "
        f"(95% interval {low:.2%} to {high:.2%})"
    )
    if part == VALIDATION_PART:
        print_line("         the best epoch was chosen by these, so others may fare worse")
    print_line(f"model    {folder.model}")
    if folder.report.exists():
        print_line(f"report   {folder.report}")
