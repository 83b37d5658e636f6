"""`homespun evaluate`: how good a run's model is, on the official test file or other IDX files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from homespun.cli.options import DataFolder, RunArgument, Threads
from homespun.cli.output import AsJson, print_json, print_line, print_table, say
from homespun.data import load_fashion_mnist, read_idx_dataset
from homespun.errors import SettingError
from homespun.runs import Evaluation, find_run
from homespun.runs import evaluate as evaluate_answers
from homespun.storage import load


def evaluate(
    run: RunArgument,
    images: Annotated[
        Path | None, typer.Argument(help="IDX file of pictures instead of the test file.")
    ] = None,
    labels: Annotated[Path | None, typer.Argument(help="IDX file of their labels.")] = None,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Judge a model: accuracy, each class, and what it confuses.

    The accuracy comes with its 95% interval: how far luck with the pictures may have moved it.
    """
    model = load(find_run(run).model)
    if images is None:
        _, test = load_fashion_mnist(data, say=say)
    elif labels is None:
        raise SettingError("the labels of these pictures are missing; name a second IDX file")
    else:
        test = read_idx_dataset(images, labels, model.class_names)
    figures = evaluate_answers(
        model.predict_proba(test.images, threads), test.labels, model.class_names
    )
    if as_json:
        print_json(figures.to_json())
    else:
        _show(figures)


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
