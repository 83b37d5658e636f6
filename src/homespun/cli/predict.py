"""`homespun predict`: what a model says about photos, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import Progress

from homespun.cli.answers import AsJsonList, Show, as_csv, as_lines
from homespun.cli.options import AnsweringModel, DataFolder, Flips, Threads
from homespun.cli.output import AsJson, say, talk
from homespun.cli.pictures import Picture, list_files, read_pictures
from homespun.data import load_fashion_mnist
from homespun.errors import SettingError
from homespun.files import write_durably
from homespun.models import Model
from homespun.models.explanation import gradient_map, occlusion_map
from homespun.runs.find_model import find_model
from homespun.storage import load

_RUNS = Path("runs")
_AT_ONCE = 16
"""Pictures answered together: few, so that answers come as photos are read."""


def predict(
    photos: Annotated[
        list[str],
        typer.Argument(
            metavar="PHOTO...",
            help="Photos, folders of photos, IDX files, or numbers of pictures in the official "
            "test file (0 to 9999).",
        ),
    ],
    model: AnsweringModel = None,
    top: Annotated[
        int, typer.Option(metavar="N", min=1, help="Show so many of the likeliest classes.")
    ] = 1,
    show: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw how one photo was prepared into this PNG."),
    ] = None,
    explain: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw what the answer to one picture hangs on into this PNG."
        ),
    ] = None,
    as_table: Annotated[
        bool, typer.Option("--csv", help="Print the result as CSV on standard output.")
    ] = False,
    data: DataFolder = None,
    flips: Flips = False,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Classify photos, and say whether to trust the answers.

    `trust: yes` was right at least 97 times of 100 on pictures held out; `unsure` was not; `not
    like the training data` means that the answer means nothing. A picture that cannot be read gets
    its reason, the others go on, and the exit status is 2 at the end.
    """
    if as_json and as_table:
        raise SettingError("--json and --csv are two ways to print; choose one")
    answering = replace(load(find_model(model, _RUNS)), flips=flips)
    files = list_files(photos)
    if len(files) > 1 and (show or explain):
        raise SettingError(f"--show and --explain draw one picture, and {len(files):,} are named")
    pictures = read_pictures(files, answering, lambda: load_fashion_mnist(data, say=say)[1])
    n_failed = 0
    with ExitStack() as stack:
        bar = stack.enter_context(_bar())
        task = bar.add_task("pictures", total=len(files))
        tell = _printer(as_json, as_table, top, answering, stack)
        for batch in _batches(pictures):
            if show or explain:
                _draw(answering, batch, show, explain, threads)
            for answer in _answers(answering, batch, threads):
                tell(answer)
                n_failed += "error" in answer
                bar.advance(task)
    if n_failed:
        if as_json or as_table:
            say(f"homespun: {n_failed} of {len(files)} files could not be read")
        raise typer.Exit(2)


def _bar() -> Progress:
    return Progress(console=talk, transient=True, disable=not talk.is_terminal)


def _printer(as_json: bool, as_table: bool, top: int, model: Model, stack: ExitStack) -> Show:
    if as_json:
        return stack.enter_context(AsJsonList())
    return as_csv(model.class_names) if as_table else as_lines(top)


def _batches(pictures: Iterator[Picture]) -> Iterator[Sequence[Picture]]:
    """Yield pictures a few at a time, and an unreadable one as soon as those before it."""
    batch: list[Picture] = []
    for picture in pictures:
        batch.append(picture)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _answers(
    model: Model, batch: Sequence[Picture], threads: int | None
) -> Iterator[dict[str, Any]]:
    """Yield an answer to each picture, in their order."""
    pixels = [picture.pixels for picture in batch if picture.pixels is not None]
    images = np.stack(pixels) if pixels else np.empty((0, *model.in_shape), model.pixels)
    found = iter(model.answer(images, threads).named(model.class_names))
    for picture in batch:
        if picture.pixels is None:
            yield {"file": picture.file, "error": picture.error}
        else:
            truth = {} if picture.truth is None else {"truth": picture.truth}
            yield {"file": picture.file, **truth, **next(found)}


def _draw(
    model: Model,
    batch: Sequence[Picture],
    show: Path | None,
    explain: Path | None,
    threads: int | None,
) -> None:
    """Draw what was asked for about one picture."""
    if len(batch) > 1:
        raise SettingError("--show and --explain draw one picture, and this file holds more")
    (picture,) = batch
    if picture.pixels is None:
        return
    # Slow to import, and most answers need no drawing.
    from homespun.report.figures import explanation, preparation_steps
    from homespun.report.plotting import png

    if show is not None:
        if picture.prepared is None:
            raise SettingError(f"{picture.file} was not prepared: it is as the model takes it")
        write_durably(show, png(preparation_steps(picture.prepared.steps)))
    if explain is not None:
        probabilities = model.predict_proba(picture.pixels[np.newaxis], threads)[0]
        label = int(probabilities.argmax())
        figure = explanation(
            picture.pixels,
            occlusion_map(model, picture.pixels, label, threads=threads),
            gradient_map(model, picture.pixels, label),
            f"{model.class_names[label]} {probabilities[label]:.1%}",
        )
        write_durably(explain, png(figure))
