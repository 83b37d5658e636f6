from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from homespun.runs.memory import memory_of_children, peak_memory

resource = pytest.importorskip("resource", reason="Windows tells in another way")

MEGABYTE = 2**20
LINUX = Path("/proc/self/status").exists()

PARENT = """
import os, sys
ballast = bytes(300 * 2**20)
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
"""
HOLDER = """
import sys
ballast = b"x" * (300 * 2**20)
print(flush=True)
sys.stdin.read()
"""
CHILD = "from homespun.runs.memory import peak_memory; print(peak_memory())"


def test_it_grows_with_what_is_held_and_never_falls() -> None:
    before = peak_memory()
    assert before is not None
    ballast = np.ones(16 * MEGABYTE)  # 128 MiB
    after = peak_memory()
    assert after is not None
    assert after >= before > 16 * MEGABYTE
    assert after > ballast.nbytes
    del ballast
    assert peak_memory() == pytest.approx(after, rel=0.1)


@pytest.mark.skipif(not LINUX, reason="only Linux tells of this program alone")
def test_what_the_parent_held_before_does_not_count() -> None:
    command = [sys.executable, "-c", PARENT, CHILD]
    told = int(subprocess.check_output(command, text=True))
    assert MEGABYTE < told < 250 * MEGABYTE


def test_the_systems_own_words_are_read(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmPeak:\t 99999 kB\nVmHWM:\t   12345 kB\nVmRSS:\t  7 kB\n")
    assert peak_memory(status) == 12345 * 1024


@pytest.mark.parametrize("content", [None, "Name:\tpython\n"])
def test_where_no_file_tells_getrusage_does(tmp_path: Path, content: str | None) -> None:
    status = tmp_path / "status"
    if content is not None:
        status.write_text(content)
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    assert peak_memory(status) == pytest.approx(most, rel=0.01)


@pytest.mark.skipif(not LINUX, reason="only Linux tells of other processes")
def test_processes_that_were_begun_count_until_they_end() -> None:
    before = memory_of_children()
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=pipe, stdout=pipe) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        held = memory_of_children() - before
        holder.stdin.close()
    assert 300 * MEGABYTE <= held < 400 * MEGABYTE
    assert memory_of_children() < before + 100 * MEGABYTE


def test_nobody_tells_of_children_elsewhere(tmp_path: Path) -> None:
    assert memory_of_children(tmp_path / "none") == 0
