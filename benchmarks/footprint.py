"""What it costs to have homespun at all: the time to import it and the room it takes on disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from harness import Comparison, Side, Work, take_turns


def import_side(module: str) -> Work:
    """Return a fresh process that imports `module`."""
    command = [sys.executable, "-c", f"import {module}"]
    return Work(lambda: subprocess.run(command, check=True))


def import_time(modules: Sequence[str], rounds: int) -> Comparison:
    """Compare fresh processes: the first of `modules` is homespun's."""
    sides: dict[str, Side] = {f"import {name}": partial(import_side, name) for name in modules}
    sides["(nothing)"] = partial(import_side, "sys")
    seconds, _ = take_turns(sides, rounds)
    ours = next(iter(sides))
    return Comparison(f"A fresh process, {ours}: seconds", seconds, ours)


def installed_size(*names: str) -> tuple[int, int]:
    """Return how many packages are needed to have `names`, and their bytes on disk."""
    todo, seen, size = list(names), set(), 0
    while todo:
        package = distribution(todo.pop())
        if package.name in seen:
            continue
        seen.add(package.name)
        size += sum(_bytes(Path(str(package.locate_file(file)))) for file in package.files or [])
        for line in package.requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append(requirement.name)
    return len(seen), size


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() and path.suffix != ".pyc" else 0


def sizes() -> str:
    """Return a table of what is installed for homespun and for PyTorch's build for CPUs.

    skorch does not ask for torch by itself, and cannot be used without.
    """
    lines = ["## Installed, with all that it needs", "", "| | packages | MB |", "|---|---|---|"]
    for names in (("homespun",), ("torch",), ("skorch", "torch")):
        count, size = installed_size(*names)
        lines.append(f"| {' and '.join(names)} | {count} | {size / 1e6:.0f} |")
    return "\n".join([*lines, ""])
