"""Where a run stands, read from its folder: also of one that another process is training."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from homespun.errors import FileError, HomespunError
from homespun.report.history import read_history
from homespun.runs.folder import RunFolder


@dataclass(frozen=True)
class RunState:
    """What a run's folder says at one moment.

    Attributes:
        name: the folder's name.
        record: what stands in run.json.
        metrics: a row for each epoch that is complete.
        is_training: whether a process is training it.
        seconds_left: about how long that will take; None where nobody can say.
        has_report: whether its page is there.
    """

    name: str
    record: Mapping[str, Any]
    metrics: tuple[Mapping[str, float | None], ...]
    is_training: bool
    seconds_left: float | None
    has_report: bool

    @property
    def result(self) -> Mapping[str, Any] | None:
        """What the run came to; None: it has not ended."""
        return self.record.get("result")

    def brief(self) -> dict[str, Any]:
        """Return what a list shows, ready for JSON."""
        settings = self.record["settings"]
        return {
            "name": self.name,
            "recipe": settings["recipe"],
            "epochs": settings["epochs"],
            "epochs_done": len(self.metrics),
            "is_training": self.is_training,
            "seconds_left": self.seconds_left,
            "accuracy": self.result["test"]["accuracy"] if self.result else None,
            "report": f"/runs/{quote(self.name, safe='')}/report.html" if self.has_report else None,
        }

    def full(self) -> dict[str, Any]:
        """Return all of it, ready for JSON; where pictures lie on this machine stays here."""
        settings = dict(self.record["settings"])
        if settings.get("folder") is not None:
            settings["folder"] = Path(settings["folder"]).name
        metrics = [dict(row) for row in self.metrics]
        return self.brief() | {"settings": settings, "result": self.result, "metrics": metrics}


class _Sighting(NamedTuple):
    n_epochs: int
    at: float


class RunReader:
    """Reads the runs in one folder, and remembers how fast each goes.

    Args:
        runs: the folder of runs.
        now: tells seconds since 1970, as files' times do.
    """

    def __init__(self, runs: Path, now: Callable[[], float] = time.time) -> None:
        self._runs = runs
        self._now = now
        self._first: dict[tuple[str, float], _Sighting] = {}

    def names(self) -> list[str]:
        """Return the names of all runs, the one first that was begun or ended last."""
        try:
            records = [(_time(path), path.parent.name) for path in self._runs.glob("*/run.json")]
        except OSError:
            return []
        return [name for _, name in sorted(records, reverse=True)]

    def read_all(self) -> list[RunState]:
        """Return all runs whose records are sound, in the order of their names above."""
        found = []
        for name in self.names():
            try:
                found.append(self.read(name))
            except HomespunError:
                continue
        return found

    def folder(self, name: str) -> RunFolder | None:
        """Return the folder of the run of this name; None: there is none."""
        return RunFolder(self._runs / name) if name in self.names() else None

    def read(self, name: str) -> RunState:
        """Return where a run stands.

        Raises:
            FileError: there is no such run, or it cannot be read.
            ModelFileError: its record or its metrics are damaged.
        """
        folder = self.folder(name)
        if folder is None:
            raise FileError(self._runs, "holds no such run")
        record = folder.read_record()
        rows = read_history(folder.metrics) if folder.metrics.exists() else []
        is_training = _is_locked(folder)
        return RunState(
            name=name,
            record=record,
            metrics=tuple(row | {"epoch": int(row["epoch"] or 0)} for row in rows),
            is_training=is_training,
            seconds_left=self._left(folder, len(rows), record) if is_training else None,
            has_report=folder.report.is_file(),
        )

    def _left(self, folder: RunFolder, n_epochs: int, record: Mapping[str, Any]) -> float | None:
        """Return about how many seconds the epochs to come will take.

        run.json is written when a run begins or goes on, metrics.csv after each epoch. A run that
        went on had epochs before that, so what was seen here counts for more.
        """
        begun, last = _time(folder.record), _time(folder.metrics)
        seen = _Sighting(n_epochs, last if n_epochs else begun)
        first = self._first.setdefault((folder.path.name, begun), seen)
        if first.n_epochs == n_epochs:
            first = _Sighting(0, begun)
        if n_epochs == first.n_epochs:
            return None
        an_epoch = (last - first.at) / (n_epochs - first.n_epochs)
        n_left = int(record["settings"]["epochs"]) - n_epochs
        left = an_epoch * n_left - (self._now() - last)
        return round(max(left, 0.0), 1)


def _is_locked(folder: RunFolder) -> bool:
    try:
        folder.lock.check_free()
    except FileError:
        return True
    return False


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
