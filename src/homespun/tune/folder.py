"""The folder of a search: what it is asked for, on which data, and what was tried."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import NoneType
from typing import Any

from homespun.errors import FileError, ModelFileError
from homespun.files import is_part, parse_json, read_bounded, write_durably
from homespun.models.knobs import check_changes
from homespun.runs.folder import RunFolder
from homespun.tune.lock import FileLock
from homespun.tune.wanted import Wanted

FORMAT = 1
"""The version of study.json."""

_ASKING = "asking"
_MOST_BYTES = 2**24
_KINDS: dict[str, tuple[type, ...]] = {
    "recipe": (str,),
    "seed": (int,),
    "epochs": (int, NoneType),
    "validation": (int, NoneType),
    "folder": (str, NoneType),
    "image_size": (int, NoneType),
    "changes": (dict,),
}


@dataclass(frozen=True)
class StudyFolder:
    """The files of one search, under `path`; several processes and hosts may share it."""

    path: Path

    @property
    def record(self) -> Path:
        """What the search is asked for, and on which data."""
        return self.path / "study.json"

    @property
    def journal(self) -> Path:
        """All that Optuna knows of the trials, a line for each event."""
        return self.path / "journal.log"

    @property
    def manifest(self) -> Path:
        """Which picture of a folder is in which part."""
        return self.path / "manifest.csv"

    @property
    def table(self) -> Path:
        """A row for each trial."""
        return self.path / "trials.csv"

    @property
    def report(self) -> Path:
        """The page that shows the search."""
        return self.path / "report.html"

    @property
    def workers(self) -> Path:
        """The folder of the locks of those who try."""
        return self.path / "workers"

    def run_of(self, number: int) -> RunFolder:
        """Return the folder of the run with the settings of a trial."""
        return RunFolder(self.path / f"trial-{number}")

    def is_ours(self, path: Path) -> bool:
        """Return whether a file is there because a search is just being begun."""
        return path.name.startswith(_ASKING) or is_part(path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time, on any host, into the `with` block."""
        lock = FileLock(str(self.path / _ASKING))
        lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def write_record(self, wanted: Wanted, data: Mapping[str, Any]) -> None:
        """Write study.json."""
        record = {"format": FORMAT, "wanted": asdict(wanted), "data": dict(data)}
        write_durably(self.record, json.dumps(record, indent=2, allow_nan=False).encode())

    def read_record(self) -> dict[str, Any]:
        """Return what stands in study.json.

        Raises:
            FileError: there is no such file, or it cannot be read.
            ModelFileError: it is damaged or of a newer format.
        """
        try:
            record = parse_json(read_bounded(self.record, _MOST_BYTES))
            if record["format"] != FORMAT:
                raise ValueError(f"it is not of format {FORMAT}; a newer homespun may read it")
            _check(Wanted(**record["wanted"]))
            if not isinstance(record["data"], dict):
                raise ValueError("its data are missing")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ModelFileError(self.record, f"is not a search's record ({error})") from error
        checked: dict[str, Any] = record
        return checked


def _check(wanted: Wanted) -> None:
    """Refuse what no search is asked for."""
    for name, value in asdict(wanted).items():
        kinds = _KINDS[name]
        if type(value) not in kinds:  # True is an int, but no number
            raise ValueError(f"its {name} is not a {kinds[0].__name__}")
    check_changes(wanted.changes)


def find_study(path: Path) -> StudyFolder:
    """Return the folder of the search at `path`.

    Raises:
        FileError: there is none.
    """
    if not (path / "study.json").is_file():
        raise FileError(path, "is not a search's folder, it holds no study.json")
    return StudyFolder(path)


def next_free_study(runs: Path) -> StudyFolder:
    """Return the folder `runs/tune-N` with the smallest N from 1 that is not there yet."""
    n = 1
    while (runs / f"tune-{n}").exists():
        n += 1
    return StudyFolder(runs / f"tune-{n}")
