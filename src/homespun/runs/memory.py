"""How much memory this process has held at most, as the system tells it."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_PEAK = "VmHWM:"


def peak_memory(status: Path = _STATUS) -> int | None:
    """Return the most bytes that this process has held so far, or None where nobody tells.

    Linux tells in a file (proc(5), VmHWM). Where that is missing getrusage(2) is asked, which
    counts what the parent process held before this one became another program, too.

    Args:
        status: the file in which Linux tells.
    """
    try:
        lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith(_PEAK):
            return int(line.split()[1]) * 1024  # "VmHWM:   12345 kB"
    return _from_getrusage()


def _from_getrusage() -> int | None:
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
