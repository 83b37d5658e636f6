"""One catalogue, made in a process of its own that tells how far it is and what it took.

`scale_catalog.py` starts it with a JSON object; it prints a JSON object a line: how many pictures
are done, and at the end seconds and peaks of memory.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

from homespun.catalog import Progress, choose_engine, make_catalog

LOOK_EACH = 1.0
"""Seconds between looks at the memory."""


class Peaks:
    """The most memory that each process of this one's family has held, by its id."""

    def __init__(self) -> None:
        self.bytes: dict[int, int] = {}
        self.workers: set[int] = set()
        self._looked = 0.0

    def look(self) -> None:
        """Ask the system, not more often than each LOOK_EACH."""
        if time.monotonic() - self._looked < LOOK_EACH:
            return
        self._looked = time.monotonic()
        for pid in family(os.getpid()):
            if held := most_held(pid):
                self.bytes[pid] = held
                if is_worker(pid):
                    self.workers.add(pid)

    def told(self) -> dict[str, int]:
        """Return the peak of this process, of its largest worker, and of all added up."""
        return {
            "main": self.bytes.get(os.getpid(), 0),
            "worker": max((self.bytes[pid] for pid in self.workers), default=0),
            "all": sum(self.bytes.values()),
        }


def family(pid: int) -> list[int]:
    """Return a process and all that it started, and so on."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def most_held(pid: int) -> int:
    """Return the most resident bytes so far; 0 where the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(x.split()[1]) * 1024 for x in lines if x.startswith("VmHWM:")), 0)


def is_worker(pid: int) -> bool:
    """Return whether the process holds a model: one of ours, or an actor of Ray's."""
    if pid in {process.pid for process in multiprocessing.active_children()}:
        return True
    try:
        return b"MapWorker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def main(about: dict[str, Any]) -> None:
    """Make the catalogue."""
    peaks, out = Peaks(), sys.stdout  # which an engine may keep for itself meanwhile
    started = time.perf_counter()
    first: float | None = None

    def tell(progress: Progress) -> None:
        nonlocal first
        peaks.look()
        if first is None and progress.done > progress.before:
            first = time.perf_counter() - started
        pids = [process.pid for process in multiprocessing.active_children()]
        print(json.dumps({"done": progress.done, "pids": pids}), file=out, flush=True)

    engine = choose_engine(about["engine"], about["workers"], about["address"])
    counts = make_catalog(
        Path(about["path"]),
        Path(about["output"]),
        model=Path(about["model"]),
        engine=engine,
        tell=tell,
    )
    seconds = time.perf_counter() - started
    peaks.bytes[os.getpid()] = most_held(os.getpid())
    end = {"seconds": seconds, "first": first, "rows": counts.rows, "errors": counts.errors}
    print(json.dumps({**end, "peaks": peaks.told()}), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
