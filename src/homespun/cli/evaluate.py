"""`homespun evaluate`: how good a run's model is, on its own test part or on other pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from homespun.cli.evaluate_data import pictures_to_judge
from homespun.cli.options import DataFolder, Flips, RunArgument, Threads
from homespun.cli.output import AsJson, print_json, print_line, print_table
from homespun.runs import Evaluation, find_run
from homespun.runs import evaluate as evaluate_answers
from homespun.runs.trust import trust_shares
from homespun.storage import load


def evaluate(
    run: RunArgument,
    pictures: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DATA]",
            help="A folder of pictures, or an IDX file of them, instead of the run's test part.",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[Path | None, typer.Argument(help="IDX file of their labels.")] = None,
    data: DataFolder = None,
    flips: Flips = False,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Judge a model: accuracy, each class, and what it confuses.

    The accuracy comes with its 95% interval: how far luck with the pictures may have moved it.
    """
    folder = find_run(run)
    model = replace(load(folder.model), flips=flips)
    test = pictures_to_judge(folder, model, pictures, labels, data, threads)
    answers = model.answer(test.images, threads)
    figures = evaluate_answers(answers.probabilities, test.labels, model.class_names)
    shares = trust_shares(answers.trust, answers.probabilities.argmax(axis=1) == test.labels)
    if as_json:
        print_json(figures.to_json() | {"trust": shares})
    else:
        _show(figures)
        _show_trust(shares)


def _show_trust(shares: Mapping[str, Mapping[str, float | None]]) -> None:
    """Print how many answers can be trusted, and how many of those are right."""
    table = Table("trust", title="How far answers can be trusted (docs/trust.md)", box=SIMPLE)
    for column in ("share", "right of these"):
        table.add_column(column, justify="right")
    for kind, row in shares.items():
        accuracy = row["accuracy"]
        table.add_row(kind, f"{row['share']:.1%}", "" if accuracy is None else f"{accuracy:.1%}")
    print_table(table)


def _show(figures: Evaluation) -> None:
    low, high = figures.interval
    print_line(
        f"accuracy {figures.accuracy:.2%} of {figures.n:,} pictures "
        f"(95% interval {low:.2%} to {high:.2%})"
    )
    print_line(f"loss {figures.loss:.4f}, calibration error {figures.ece:.2%}")
    classes = Table("class", title="Each class", box=SIMPLE)
    for column in ("precision", "recall", "F1", "pictures"):
        classes.add_column(column, justify="right")
    for name, row in figures.per_class.items():
        rates = (f"{row[key]:.1%}" for key in ("precision", "recall", "f1"))
        classes.add_row(name, *rates, f"{row['n']:,}")
    print_table(classes)
    title = "Confusion: true classes by row, answers by column"
    confusion = Table("truth", title=title, box=SIMPLE)
    for i in range(len(figures.per_class)):
        confusion.add_column(str(i), justify="right")
    for i, (name, counts) in enumerate(zip(figures.per_class, figures.confusion, strict=True)):
        confusion.add_row(f"{i} {name}", *(str(count) for count in counts))
    print_table(confusion)
