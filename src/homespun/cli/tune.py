"""`homespun tune`: search for better settings of a recipe, and keep the best run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from homespun.cli.changes import parse_changes
from homespun.cli.duration import parse_duration
from homespun.cli.options import DataFolder, Threads
from homespun.cli.output import AsJson
from homespun.cli.train_options import Changes, ImageSize, Pictures, Recipe, Validation
from homespun.errors import SettingError

_TRIALS = 20
"""How many are tried by default."""

Trials = Annotated[
    int,
    typer.Option(
        metavar="N", min=1, help="How many trials the search is to have, those of before included."
    ),
]
LimitOfTime = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="End the search after this time (90s, 20m, 1.5h); then the best run is trained.",
    ),
]
Study = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Where to keep the search, or the search to go on with or take part in. Default: a "
        "new folder runs/tune-N.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Decides all that is random: same seed, same trials. Default: 0.",
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="How often each trial goes over the pictures. Default: that is tried, too.",
    ),
]


def tune(
    pictures: Pictures = None,
    recipe: Recipe = None,
    trials: Trials = _TRIALS,
    time_limit: LimitOfTime = None,
    study: Study = None,
    seed: Seed = None,
    epochs: Epochs = None,
    validation: Validation = None,
    image_size: ImageSize = None,
    changes: Changes = None,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Search for better settings of a recipe, and keep the best run.

    Trials are judged on held-out pictures; the official test file is looked at once, when the best
    settings are trained as a run. What is --set is the same in all trials. Several processes, also
    on several hosts, may share one search: start each with the same --study. Ctrl-C ends this one
    and keeps what is known.
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
    seconds = None if time_limit is None else parse_duration(time_limit, "--time-limit")

    from homespun.cli.tuning import tuned  # needs Optuna, which is optional, and slow to import

    tuned(chosen, pictures, study, data, trials, seconds, threads, as_json)
