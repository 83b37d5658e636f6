"""`homespun article`: replay the tutorial that this project starts from, and mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from homespun.article import replay
from homespun.cli.options import DataFolder
from homespun.cli.output import AsJson, print_json, print_line, say
from homespun.data import load_fashion_mnist


def article(
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the page and its pictures go.")
    ] = Path("runs/article"),
    quick: Annotated[
        bool, typer.Option("--quick", help="Take part of the data: under a minute, other figures.")
    ] = False,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Replay the tutorial as printed and mended, with its pictures.

    In full it takes some minutes, mostly for three trainings of 300 epochs and a t-SNE map.
    """
    train, official = load_fashion_mnist(data, say=say)
    figures = replay(
        train, folder, quick=quick, official=official, say=say, progress=_say_sometimes
    )
    if as_json:
        print_json(figures)
    else:
        print_line(f"story    {folder / 'index.html'}")


def _say_sometimes(part: str, epoch: int, epochs: int, error: float) -> None:
    """Tell how far a training is, a few times from first to last epoch."""
    if epoch == 1 or epoch % max(1, epochs // 6) == 0:
        say(f"  {part}: epoch {epoch} of {epochs}, error {error:.4g}")
