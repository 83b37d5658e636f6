"""How much memory this process and its helpers hold, as the system tells it."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_PEAK = "VmHWM:"
_THREADS = Path("/proc/self/task")
_PRIVATE = ("Private_Clean:", "Private_Dirty:")


def peak_memory(status: Path = _STATUS) -> int | None:
    """Return the most bytes that this process has held so far, or None where nobody tells.

    Linux tells in a file (proc(5), VmHWM). Where that is missing getrusage(2) is asked, which
    counts what the parent process held before this one became another program, too.

    Args:
        status: the file in which Linux tells.
    """
    for line in _read(status).splitlines():
        if line.startswith(_PEAK):
            return int(line.split()[1]) * 1024  # "VmHWM:   12345 kB"
    return _from_getrusage()


def memory_of_children(threads: Path = _THREADS) -> int:
    """Return the bytes that processes begun by this one hold for themselves; 0 where nobody tells.

    What they share with this one, as copies of it do, counts here and not there (Linux: proc(5),
    smaps_rollup).

    Args:
        threads: the folder in which Linux tells of this process's threads.
    """
    total = 0
    for children in threads.glob("*/children"):
        for pid in _read(children).split():
            for line in _read(Path("/proc", pid, "smaps_rollup")).splitlines():
                if line.startswith(_PRIVATE):
                    total += int(line.split()[1]) * 1024
    return total


def _read(path: Path) -> str:
    """Return what the system writes there; nothing if it does not, or the process is gone."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _from_getrusage() -> int | None:
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
