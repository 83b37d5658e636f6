"""`homespun data`: get Fashion-MNIST; look at it or at one's own pictures, and check them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from homespun.cli.folder_check import show_check
from homespun.cli.options import DataFolder, Threads, help_if_alone
from homespun.cli.output import AsJson, print_json, print_line, say
from homespun.cli.source import tell
from homespun.data import (
    Dataset,
    FolderData,
    cache_folder,
    check_folder,
    load_fashion_mnist,
    load_folder,
)
from homespun.errors import SettingError
from homespun.report import write_sample_grid

app = typer.Typer(invoke_without_command=True)

Own = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FOLDER]",
        help="Pictures of your own, as for homespun train. Default: Fashion-MNIST.",
        show_default=False,
    ),
]


@app.callback()
def _data(context: typer.Context) -> None:
    """Get Fashion-MNIST; look at it or your own pictures; check."""
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
    own: Own = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where to write a grid of samples of each class (PNG). Default: "
            "fashion-mnist.png, or the name of your folder.",
            show_default=False,
        ),
    ] = None,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Print the size of each class, and write samples of it as PNG.

    Samples of your own pictures are shown as a network would see them.
    """
    if own is None:
        train, test = load_fashion_mnist(data, say=say)
        parts, picture = {"train": train, "test": test}, picture or Path("fashion-mnist.png")
    else:
        _refuse_both(own, data)
        found = load_folder(own, threads=threads, say=say)
        tell(found, own)
        train, parts = found.train, _parts(found)
        picture = picture or Path(f"{own.resolve().name or 'pictures'}.png")
    counts = {
        name: {part: _counts(dataset)[k] for part, dataset in parts.items()}
        for k, name in enumerate(train.class_names)
    }
    write_sample_grid(train, picture)
    if as_json:
        print_json({"counts": counts, "picture": str(picture)})
        return
    width = max(12, *map(len, counts))
    for name, count in counts.items():
        told = "  ".join(f"{n:6,} to {_VERBS[part]}" for part, n in count.items())
        print_line(f"{name:{width}} {told}")
    print_line(f"samples of each class: {picture}")


@app.command()
def check(
    own: Own = None, data: DataFolder = None, threads: Threads = None, as_json: AsJson = False
) -> None:
    """Look for faults in Fashion-MNIST, or in your own pictures.

    The four files are held against their published SHA-256 sums.
    Of your own pictures it counts classes and parts, and lists files that cannot be read, odd
    sizes, and pictures that are there twice. Exit status 1 if something should be mended first.
    """
    if own is not None:
        _refuse_both(own, data)
        found = check_folder(own, threads=threads, say=say)
        if as_json:
            print_json(found.to_json())
        else:
            show_check(found)
        if found.faults:
            raise typer.Exit(1)
        return
    train, test = load_fashion_mnist(data, say=say)
    if as_json:
        print_json({"ok": True, "train": len(train), "test": len(test)})
    else:
        print_line("all four files are whole: their SHA-256 sums are the published ones")


_VERBS = {"train": "train", "validation": "validate", "test": "test"}


def _parts(found: FolderData) -> dict[str, Dataset]:
    parts = {"train": found.train, "validation": found.validation, "test": found.test}
    return {name: dataset for name, dataset in parts.items() if dataset is not None}


def _refuse_both(own: Path, data: Path | None) -> None:
    if data is not None:
        raise SettingError(f"--data is for Fashion-MNIST; {own} is a folder of pictures already")


def _counts(dataset: Dataset) -> list[int]:
    counts: list[int] = np.bincount(dataset.labels, minlength=dataset.n_classes).tolist()
    return counts
