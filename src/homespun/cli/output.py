"""What every command says and how: data on standard output, talk on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from homespun.mpi.launch import launch

talk = Console(stderr=True, markup=False, emoji=False, highlight=False, quiet=not launch().is_first)
"""Where lines for people go; of processes that mpiexec started, the first one speaks."""

_WIDTH_ELSEWHERE = 200

AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON on standard output.")
]


def say(line: str) -> None:
    """Write a line for people on standard error, however long it is."""
    talk.print(_shown(line), soft_wrap=True)


@contextmanager
def drawing(page: Path, clock: Callable[[], float] = time.perf_counter) -> Iterator[None]:
    """Say how long the page took that is written meanwhile, and how large it is."""
    started = clock()
    yield
    size = page.stat().st_size / 1e6
    say(f"the page took {clock() - started:.1f} s and is {size:.1f} MB")


def print_json(data: Any) -> None:
    """Write `data` as JSON on standard output."""
    json.dump(data, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def print_line(line: str = "") -> None:
    """Write a line of the result on standard output."""
    sys.stdout.write(_shown(line) + "\n")


def print_table(table: Table) -> None:
    """Write a table on standard output, as wide as it needs to be where no terminal limits it."""
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_ELSEWHERE
    console.print(table)


def _shown(line: str) -> str:
    """Return the line with all that could break it or steer a terminal written as an escape.

    Names of files and classes come from elsewhere, and may hold anything.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
