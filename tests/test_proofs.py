"""The proofs of the Makefile run, each for a moment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and fork are of Unix")


def run_proof(name: str, *arguments: object) -> str:
    command = [sys.executable, ROOT / "proofs" / name, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_killed_while_saving() -> None:
    shown = run_proof("kill_save.py", "--kills", 10)
    assert re.match(r"saving: 10 kills, .*; 0 unreadable files, 0 of another version\n$", shown)


def test_killed_while_training() -> None:
    shown = run_proof("kill_train.py", "--kills", 2)
    assert re.match(r"training: \d+ kills and \d+ interrupts in (\d+) runs; \1 of \1 ended", shown)


def test_pictures_on_the_disk_do_not_fill_the_memory() -> None:
    """246 MB of pictures; libraries and the network take about 200 MB without them."""
    shown = run_proof("memory.py", "--only", "many", "--pictures", 20_000, "--epochs", 1)
    found = re.search(r"\(0.25 GB\) on the disk: ([\d,]+) MB after each epoch", shown)
    assert found, shown
    assert int(found[1].replace(",", "")) < 330


def test_every_proof_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for path in (ROOT / "proofs").glob("*.py"):
        assert path.name == "made.py" or f"proofs/{path.name}" in makefile
