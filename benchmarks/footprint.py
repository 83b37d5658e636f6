"""What it costs to have homespun at all: the time to import it and the room it takes on disk."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from harness import Comparison, Side, Work, take_turns


def import_side(module: str) -> Work:
    """Return a fresh process that imports `module`."""
    command = [sys.executable, "-c", f"import {module}"]
    return Work(lambda: subprocess.run(command, check=True))


def import_time(rounds: int) -> Comparison:
    """Compare fresh processes that import homespun with such that import torch."""
    modules = {
        "import homespun": "homespun",
        "import homespun.estimators": "homespun.estimators",
        "import torch": "torch",
        "import skorch": "skorch",
        "(nothing)": "sys",
    }
    sides: dict[str, Side] = {name: partial(import_side, m) for name, m in modules.items()}
    seconds, _ = take_turns(sides, rounds)
    return Comparison("A fresh process that imports: seconds", seconds, "import homespun")


def installed_size(name: str) -> tuple[int, int]:
    """Return how many packages `name` needs, itself included, and their bytes on disk."""
    todo, seen, size = [name], set(), 0
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
    """Return a table of what is installed for homespun and for PyTorch's build for CPUs."""
    lines = ["## Installed, with all that it needs", "", "| | packages | MB |", "|---|---|---|"]
    for name in ("homespun", "torch", "skorch"):
        count, size = installed_size(name)
        lines.append(f"| {name} | {count} | {size / 1e6:.0f} |")
    return "\n".join([*lines, ""])
