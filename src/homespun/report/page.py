"""A run's page: one HTML file that opens from disk and needs nothing else."""

from __future__ import annotations

import base64
import csv
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homespun.errors import MissingExtraError, ModelFileError
from homespun.files import read_bounded, write_durably
from homespun.report.figures import confusion_picture, learning_curves
from homespun.report.plotting import png
from homespun.runs import RunFolder
from homespun.training import EpochRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_BYTES = 2**24


def write_report(folder: RunFolder) -> Path:
    """Write the page of a run that has ended, and return its path.

    Raises:
        MissingExtraError: matplotlib or jinja2 is not installed.
        FileError: a file of the run is missing, or the page cannot be written.
        ModelFileError: the run has not ended, or its record is damaged.
    """
    record = folder.read_record()
    if "result" not in record:
        raise ModelFileError(folder.record, "the run has not ended yet, so there is no report")
    history = read_history(folder.metrics)
    test = record["result"]["test"]
    pictures = {
        "confusion": _inline(confusion_picture(test["confusion"], list(test["per_class"]))),
    }
    if history:
        pictures["curves"] = _inline(learning_curves(history))
    page = _render(record=record, test=test, pictures=pictures, run=folder.path.resolve().name)
    write_durably(folder.report, page.encode())
    return folder.report


def read_history(path: Path) -> list[dict[str, float | None]]:
    """Return the rows of metrics.csv, numbers by column; empty cells are None.

    Raises:
        FileError: the file is missing or cannot be read.
        ModelFileError: it is not what a run writes.
    """
    try:
        rows = list(csv.reader(read_bounded(path, _MOST_BYTES).decode().splitlines()))
        names = [field.name for field in fields(EpochRecord)]
        if not rows or rows[0] != names:
            raise ValueError("its first line does not name the columns")
        return [
            {name: float(cell) if cell else None for name, cell in zip(names, row, strict=True)}
            for row in rows[1:]
        ]
    except (ValueError, csv.Error) as error:
        raise ModelFileError(path, f"is not a run's metrics ({error})") from error


def _inline(figure: Figure) -> str:
    return "data:image/png;base64," + base64.b64encode(png(figure)).decode()


def _render(**values: Mapping[str, Any] | str) -> str:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined  # optional
    except ImportError as error:
        raise MissingExtraError("jinja2", "plot", "the report") from error
    loader = PackageLoader("homespun.report")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("run.html").render(**values)
