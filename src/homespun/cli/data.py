"""`homespun data`: get Fashion-MNIST, look at it, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from homespun.cli.options import DataFolder, help_if_alone
from homespun.cli.output import AsJson, print_json, print_line, say
from homespun.data import Dataset, cache_folder, load_fashion_mnist
from homespun.report import write_sample_grid

app = typer.Typer(invoke_without_command=True)


@app.callback()
def _data(context: typer.Context) -> None:
    """Get Fashion-MNIST, look at it, and check it."""
    help_if_alone(context)


@app.command()
def fetch(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Find Fashion-MNIST, or fetch it (31 MB) once and for all."""
    train, test = load_fashion_mnist(data, say=say)
    if as_json:
        print_json({"train": len(train), "test": len(test), "cache": str(cache_folder())})
    else:
        print_line(f"Fashion-MNIST is there: {len(train):,} to train, {len(test):,} to test")


@app.command()
def show(
    picture: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Where to write a grid of samples of each class (PNG)."),
    ] = Path("fashion-mnist.png"),
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Print the size of each class, and write samples of it as PNG."""
    train, test = load_fashion_mnist(data, say=say)
    counts = {
        name: {"train": n_train, "test": n_test}
        for name, n_train, n_test in zip(
            train.class_names, _counts(train), _counts(test), strict=True
        )
    }
    write_sample_grid(train, picture)
    if as_json:
        print_json({"counts": counts, "picture": str(picture)})
        return
    for name, count in counts.items():
        print_line(f"{name:12} {count['train']:6,} to train  {count['test']:6,} to test")
    print_line(f"samples of each class: {picture}")


@app.command()
def check(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Hold the four files against their published SHA-256 sums."""
    train, test = load_fashion_mnist(data, say=say)
    if as_json:
        print_json({"ok": True, "train": len(train), "test": len(test)})
    else:
        print_line("all four files are whole: their SHA-256 sums are the published ones")


def _counts(dataset: Dataset) -> list[int]:
    counts: list[int] = np.bincount(dataset.labels, minlength=dataset.n_classes).tolist()
    return counts
