"""The rows of a run's metrics.csv, as numbers."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path

from homespun.errors import ModelFileError
from homespun.files import read_bounded
from homespun.training import EpochRecord

_MOST_BYTES = 2**24


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
