"""`homespun train`: follow a recipe on Fashion-MNIST and keep the run in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from homespun.cli.duration import parse_duration
from homespun.cli.options import DataFolder, Threads
from homespun.cli.output import AsJson, print_json, print_line, say, talk
from homespun.data import Dataset, load_fashion_mnist
from homespun.errors import MissingExtraError, SettingError
from homespun.models import find_recipe
from homespun.report import write_report
from homespun.runs import (
    RunFolder,
    Settings,
    execute,
    find_run,
    has_ended,
    next_free_folder,
    prepare,
    unfinished_run,
)
from homespun.training import StopOnInterrupt, TimeLimit
from homespun.training.progress import ShowProgress

_RUNS = Path("runs")
_RECIPE = "fast"
_VALIDATION = 5000


def train(
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help=f"What to train: a recipe's name, see README. Default: {_RECIPE}."
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Decides all that is random: same seed, same weights. Default: 0.",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="How often to go over the pictures. Default: the recipe's."
        ),
    ] = None,
    validation: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Pictures of the training file to hold out and choose by. "
            f"Default: {_VALIDATION}.",
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where to keep the run. Default: a new folder in runs/, or that of the same run "
            "if one was interrupted. If this very run has already ended there, its result is "
            "shown again.",
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN", help="Go on with the interrupted run in this folder, as it was begun."
        ),
    ] = None,
    time_limit: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="End after this time (90s, 20m, 1.5h) and keep the best model."
        ),
    ] = None,
    checkpoint_every: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Write a checkpoint so often, and after each epoch. Default: each 30 s and after "
            "each epoch, as long as that takes less than 1% of the time.",
        ),
    ] = None,
    open_it: Annotated[
        bool, typer.Option("--open", help="Open the report in a browser when it is there.")
    ] = False,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Train a network on Fashion-MNIST, judge it, and keep it.

    It is judged on the official test file, once. Ctrl-C ends the training after the current step
    and keeps the best model so far; the same command again goes on where it ended, with the same
    bits as if it had never been stopped.
    """
    chosen = {"recipe": recipe, "seed": seed, "epochs": epochs, "validation": validation}
    folder, settings = _choose(chosen, run, resume)
    every = (
        None if checkpoint_every is None else parse_duration(checkpoint_every, "--checkpoint-every")
    )
    limit = [] if time_limit is None else [TimeLimit(parse_duration(time_limit, "--time-limit"))]
    record = prepare(folder, settings)
    if record is None:
        training_file, test = load_fashion_mnist(data, say=say)
        say(f"training {settings.recipe} (seed {settings.seed}) in {folder.path}")
        with StopOnInterrupt() as interrupt:
            record = execute(
                folder,
                settings,
                training_file,
                test,
                threads=threads,
                callbacks=[ShowProgress(talk), interrupt, *limit],
                checkpoint_every=every,
                say=say,
            )
        if not has_ended(record):
            say(f"to go on: homespun train --resume {folder.path}")
        _try_report(folder, (training_file, test) if has_ended(record) else None, threads)
    else:
        stopped = record["result"]["stopped"]
        early = f" early ({stopped})" if stopped else ""
        say(f"this run has already ended{early} in {folder.path}; nothing to do")
    _show(folder, record, as_json)
    if open_it and folder.report.exists():
        typer.launch(folder.report.resolve().as_uri())


def _choose(
    chosen: Mapping[str, Any], run: Path | None, resume: Path | None
) -> tuple[RunFolder, Settings]:
    """Return the folder of the run and its settings, from what was chosen on the command line."""
    if resume is not None:
        if run is not None:
            raise SettingError("--run and --resume both name the folder; name it once")
        folder = find_run(resume)
        settings = Settings(**folder.read_record()["settings"])
        for name, value in chosen.items():
            begun = getattr(settings, name)
            if value not in (None, begun):
                raise SettingError(f"--{name} {value}: the run in {resume} was begun with {begun}")
        return folder, settings
    recipe = find_recipe(chosen["recipe"] or _RECIPE)
    held_out = _VALIDATION if chosen["validation"] is None else chosen["validation"]
    epochs = chosen["epochs"] or recipe.epochs
    settings = Settings(recipe.name, chosen["seed"] or 0, epochs, held_out)
    if run is not None:
        return RunFolder(run), settings
    return unfinished_run(_RUNS, settings) or next_free_folder(_RUNS, recipe.name), settings


def _try_report(
    folder: RunFolder, data: tuple[Dataset, Dataset] | None, threads: int | None
) -> None:
    try:
        if data is not None:
            say("drawing the report")
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
            }
        )
        return
    low, high = test["interval"]
    print_line(
        f"accuracy {test['accuracy']:.2%} on the {test['n']:,} pictures of the official test file "
        f"(95% interval {low:.2%} to {high:.2%})"
    )
    print_line(f"model    {folder.model}")
    if folder.report.exists():
        print_line(f"report   {folder.report}")
