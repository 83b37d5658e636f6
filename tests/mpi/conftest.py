from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

BIN = Path(sys.executable).parent
PROGRAM = Path(__file__).with_name("program.py")
LONG = 300
"""Seconds after which ranks count as hanging, on however busy a machine."""


@dataclass(frozen=True)
class Ended:
    """How the ranks of a program ended, and what they wrote."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """What the first rank found, where all went well."""
        assert self.status == 0, self.err
        return json.loads(self.out[self.out.index("{") :])  # mpiexec speaks of Ctrl-C there, too


TWO_HOSTS = ["-launcher", "fork", "-hosts", "localhost,127.0.0.1"]
"""What makes mpiexec take this machine for two, which share no memory."""


def launched(n: int | None, *command: object) -> list[str]:
    """Return the command line that starts `n` ranks of a Python program; None: without mpiexec."""
    start = [] if n is None else [BIN / "mpiexec", "-n", n]
    return [str(word) for word in (*start, sys.executable, *command)]


def run_ranks(n: int | None, *command: object, **environment: str) -> Ended:
    done = subprocess.run(
        launched(n, *command),
        capture_output=True,
        text=True,
        timeout=LONG,
        env=os.environ | environment,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def ranks() -> Callable[..., Ended]:
    """(n, anything of Python's command line) -> how the ranks ended."""
    return run_ranks


@pytest.fixture(scope="session")
def program() -> Callable[..., Ended]:
    """(n, task, arguments of the task) -> how the ranks of `program.py` ended."""
    return lambda n, *words: run_ranks(n, PROGRAM, *words)


@pytest.fixture(scope="session")
def on_two_hosts() -> Callable[..., Ended]:
    """(task, arguments, options of the second rank) -> how two ranks on two hosts ended."""

    def run(*words: object, second: Sequence[str] = ()) -> Ended:
        one = launched(1, PROGRAM, *words)[1:]
        command = [BIN / "mpiexec", *TWO_HOSTS, *one, ":", *second, *one]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONG)
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def interrupted() -> Callable[[int, Path], Ended]:
    """(n, folder) -> how a run in the folder ended; mpiexec got Ctrl-C after the third step."""

    def run(n: int, folder: Path) -> Ended:
        command = launched(n, PROGRAM, "run", folder, 3, "wait")
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
            while not (folder / "waits").exists():
                assert process.poll() is None, process.communicate()
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=LONG)
        return Ended(process.returncode, out, err)

    return run


@pytest.fixture(scope="session")
def trained() -> Callable[[int | None], Any]:
    """(n) -> what `n` ranks found when they kept the contract and trained, run once."""
    return cache(lambda n: run_ranks(n, PROGRAM, "contract,train").told)
