"""`homespun catalog`: all pictures of a shop, classified into one Parquet file."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from homespun.cli.options import AnsweringModel
from homespun.cli.output import AsJson, print_json, print_line, say, talk
from homespun.errors import MissingExtraError
from homespun.runs.find_model import find_model

if TYPE_CHECKING:
    from homespun.catalog import Counts, Progress

_RUNS = Path("runs")
_RAY_ADDRESS = "RAY_ADDRESS"


def catalog(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A folder of pictures, at any depth; a text file with a path a line; or Parquet "
            "(a file, or a folder of them) with a column of bytes, of paths, or of both as Hugging "
            "Face has it.",
        ),
    ],
    output: Annotated[
        Path, typer.Argument(metavar="OUTPUT.parquet", help="The catalogue, a row a picture.")
    ],
    model: AnsweringModel = None,
    column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The column of pictures, where several could be it."),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE",
            help="local (processes on this machine) or ray. Default: ray if it has an address.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="How many processes. Default: one for each core."),
    ] = None,
    ray_address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where a Ray cluster is. Default: RAY_ADDRESS; --engine ray without any starts "
            "Ray here, on loopback.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Classify many pictures into one Parquet file.

    Rows do not depend on engine or workers, bit for bit. A picture that cannot be read is a row
    with an error. OUTPUT appears when it is complete; until then what is done lies in
    OUTPUT.parquet.part, and after Ctrl-C or a kill the same command goes on.
    """
    try:
        from homespun.catalog import choose_engine, make_catalog
    except ModuleNotFoundError as error:
        raise MissingExtraError("pyarrow", "parquet", "homespun catalog") from error
    if engine != "local":
        ray_address = ray_address or os.environ.get(_RAY_ADDRESS) or None
    chosen = choose_engine(engine, workers, ray_address)
    with ExitStack() as stack:
        try:
            counts = make_catalog(
                source,
                output,
                model=find_model(model, _RUNS),
                engine=chosen,
                column=column,
                tell=_teller(stack, output),
            )
        except KeyboardInterrupt:
            say(f"{output} is not complete; the same command goes on where this ended")
            raise
    if as_json:
        print_json({"output": str(output), "engine": chosen.name, **asdict(counts)})
    else:
        _print(output, counts)


def _teller(stack: ExitStack, output: Path) -> Callable[[Progress], None]:
    """Return what shows progress: a bar, and a line where the work goes on from before."""
    columns = (TextColumn("pictures"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=talk, transient=True, disable=not talk.is_terminal)
    task = stack.enter_context(bar).add_task("pictures", total=None)
    begun = False

    def tell(progress: Progress) -> None:
        nonlocal begun
        if progress.before and not begun:
            say(f"{output}: going on, {progress.before:,} of {progress.of:,} pictures are done")
        begun = True
        bar.update(task, completed=progress.done, total=progress.of)

    return tell


def _print(output: Path, counts: Counts) -> None:
    trust = ", ".join(f"{name} {n:,}" for name, n in counts.trust.items())
    print_line(f"{output}  {counts.rows:,} pictures, {counts.errors:,} without an answer")
    if trust:
        print_line(f"trust: {trust}")
    for name, n in counts.labels.items():
        print_line(f"{n:>10,}  {name}")
