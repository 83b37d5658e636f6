"""The proof of the Makefile run for a moment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROOF = Path(__file__).parents[2] / "proofs" / "api_fuzz.py"


@pytest.mark.skipif(sys.platform == "win32", reason="ends the server as Unix does")
def test_requests_that_nobody_thought_of_are_refused_in_order() -> None:
    command = [sys.executable, PROOF, "--cases", "24"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.match(r"API: 24 requests; 0 findings; statuses (.*)\n", done.stdout)
    assert told, done.stdout
    statuses = dict(map(str.strip, pair.split(":")) for pair in told[1].split(","))
    assert int(statuses["200"]) > 3
    assert sum(map(int, statuses.values())) == 24
