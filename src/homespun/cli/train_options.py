"""The options of `homespun train`, apart from its code since their help takes many lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from homespun.cli.changes import OPTION_HELP

RECIPE = "fast"
"""What is trained by default."""

VALIDATION = 5000
"""How many pictures of Fashion-MNIST are held out by default."""

Pictures = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FOLDER]",
        help="Your own pictures: a folder for each class, or train/, val/ and test/ with such "
        "folders, or a metadata.csv beside the pictures. Default: Fashion-MNIST.",
        show_default=False,
    ),
]
Recipe = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help=f"What to train: a recipe's name, see README. Default: {RECIPE}."
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Decides all that is random: same seed, same weights. Default: 0.",
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help="How often to go over the pictures. Default: the recipe's."
    ),
]
Validation = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Pictures of the training file to hold out and choose by. "
        f"Default: {VALIDATION}; 15% of a folder.",
    ),
]
ImageSize = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Pixels a side that pictures of a folder are brought to. Default: their own, at "
        "most 32.",
    ),
]
Changes = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=OPTION_HELP)]
Run = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Where to keep the run. Default: a new folder in runs/, or that of the same run "
        "if one was interrupted. If this very run has already ended there, its result is "
        "shown again.",
    ),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="RUN", help="Go on with the interrupted run in this folder, as it was begun."
    ),
]
LimitOfTime = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="End after this time (90s, 20m, 1.5h) and keep the best model."
    ),
]
CheckpointEvery = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Write a checkpoint so often, and after each epoch. Default: each 30 s and after "
        "each epoch, as long as that takes less than 1% of the time.",
    ),
]
OpenIt = Annotated[
    bool, typer.Option("--open", help="Open the report in a browser when it is there.")
]
