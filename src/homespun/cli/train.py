"""`homespun train`: follow a recipe on Fashion-MNIST and keep the run in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from homespun.cli.options import DataFolder, Threads
from homespun.cli.output import AsJson, print_json, print_line, say, talk
from homespun.data import load_fashion_mnist
from homespun.errors import MissingExtraError
from homespun.models import find_recipe
from homespun.report import write_report
from homespun.runs import RunFolder, Settings, execute, next_free_folder, prepare
from homespun.training import StopOnInterrupt
from homespun.training.progress import ShowProgress


def train(
    recipe: Annotated[
        str, typer.Option(metavar="NAME", help="What to train: a recipe's name, see README.")
    ] = "mlp",
    seed: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Decides all that is random: same seed, same weights."
        ),
    ] = 0,
    epochs: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="How often to go over the pictures. Default: the recipe's."
        ),
    ] = None,
    validation: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Pictures of the training file to hold out and choose by."
        ),
    ] = 5000,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where to keep the run. Default: a new folder in runs/. "
            "If this very run has already ended there, its result is shown again.",
        ),
    ] = None,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Train a network on Fashion-MNIST, judge it, and keep it.

    It is judged on the official test file, once. Ctrl-C ends the training after the current step
    and keeps the best model so far.
    """
    chosen = find_recipe(recipe)
    settings = Settings(recipe, seed, epochs or chosen.epochs, validation)
    folder = next_free_folder(Path("runs"), recipe) if run is None else RunFolder(run)
    record = prepare(folder, settings)
    if record is None:
        training_file, test = load_fashion_mnist(data, say=say)
        say(f"training {recipe} (seed {seed}) in {folder.path}")
        with ExitStack() as stack:
            interrupt = stack.enter_context(StopOnInterrupt())
            record = execute(
                folder,
                settings,
                training_file,
                test,
                threads=threads,
                callbacks=[ShowProgress(talk), interrupt],
                say=say,
            )
        _try_report(folder)
    else:
        stopped = record["result"]["stopped"]
        early = f" early ({stopped})" if stopped else ""
        say(f"this run has already ended{early} in {folder.path}; nothing to do")
    _show(folder, record, as_json)


def _try_report(folder: RunFolder) -> None:
    try:
        write_report(folder)
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
