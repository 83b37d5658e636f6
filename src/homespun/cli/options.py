"""Options that several commands share, each with one name, one meaning and one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FOLDER",
        help="Folder with the data: the four Fashion-MNIST files, or a run's own pictures if they "
        "moved. Without it they are found or fetched.",
    ),
]

Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        metavar="N",
        min=1,
        help="How many threads to use. The result does not depend on it.",
    ),
]

Flips = Annotated[
    bool,
    typer.Option(
        "--flips",
        help="Answer by the mean of each picture and its mirror image, in twice the time.",
    ),
]

AnsweringModel = Annotated[
    Path | None,
    typer.Option(
        "--model",
        "--run",
        metavar="RUN",
        help="A run's folder or a model file. Default: the newest run in runs/, or else the "
        "model that comes with the package.",
    ),
]

RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run's folder, such as runs/fast-1.")
]


def help_if_alone(context: typer.Context) -> None:
    """Print the help of a group of commands that is called without any of them."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
