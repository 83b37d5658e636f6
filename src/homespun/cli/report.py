"""`homespun report`: make a run's page again, or one page that compares several runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from homespun.cli.options import DataFolder, Threads
from homespun.cli.output import AsJson, drawing, print_json, print_line, say
from homespun.cli.source import source_of
from homespun.data import Dataset, load_fashion_mnist
from homespun.data.fashion_mnist import CLASS_NAMES
from homespun.errors import DataError, FileError
from homespun.report import write_comparison, write_report
from homespun.runs import RunFolder, Settings, find_run
from homespun.runs.fingerprint import fingerprint


def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, such as runs/fast-1.")
    ],
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="Where the page goes that compares several runs.")
    ] = Path("comparison.html"),
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Write a run's page again, or compare several runs on one.

    The page of one run is RUN/report.html. Pictures, calibration and maps need the run's data;
    without them the page shows what the run's folder holds.
    """
    folders = [find_run(run) for run in runs]
    parts = _data_of(folders, data, threads)
    page = folders[0].report if len(folders) == 1 else to
    with drawing(page):
        if len(folders) == 1:
            write_report(folders[0], parts, threads)
        else:
            write_comparison(folders, to, parts, threads)
    if as_json:
        print_json({"report": str(page)})
    else:
        print_line(f"report   {page}")
    if open_it:
        typer.launch(page.resolve().as_uri())


def _data_of(
    folders: list[RunFolder], named: Path | None, threads: int | None
) -> tuple[Dataset, Dataset] | None:
    """Return the training file and test part of these runs, or None if they are not at hand.

    Only a folder that was named on the command line must hold them.
    """
    records = [folder.read_record() for folder in folders]
    own = [
        (folder, settings)
        for folder, record in zip(folders, records, strict=True)
        if (settings := Settings(**record["settings"])).folder is not None
    ]
    if own:
        return _own_pictures(*own[0], named, threads)
    about = [record["data"] for record in records]
    if named is None and not any(one.get("class_names") == list(CLASS_NAMES) for one in about):
        return None
    try:
        found = load_fashion_mnist(named, say=say)
    except (DataError, FileError) as error:
        if named is not None:
            raise
        say(f"without pictures, since the data are missing: {error}")
        return None
    if named is None and fingerprint(found[0]) not in [one.get("sha256") for one in about]:
        say("without pictures, since the run was trained on other data than Fashion-MNIST")
        return None
    return found


def _own_pictures(
    folder: RunFolder, settings: Settings, named: Path | None, threads: int | None
) -> tuple[Dataset, Dataset] | None:
    """Return the pictures of a run on a folder, or None if they are not at hand."""
    try:
        return source_of(settings, folder, named, threads).parts
    except (DataError, FileError) as error:
        if named is not None:
            raise
        say(f"without pictures, since the data are missing: {error}")
        return None
