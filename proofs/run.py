"""Run every proof, and write what they print into docs/reliability.md."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROOFS = Path(__file__).parent
PAGE = PROOFS.parent / "docs" / "reliability.md"


@dataclass(frozen=True)
class Proof:
    """A fault, what is done about it, and the command that shows it."""

    fault: str
    answer: str
    target: str
    command: tuple[str, ...]


TABLE = (
    Proof(
        "Killed while saving",
        "The bytes go beside the file, are flushed, take its name, and the folder is flushed: one "
        "function in `files` does it for every file that is written.",
        "make kill-save",
        ("kill_save.py",),
    ),
    Proof(
        "Killed while training",
        "A checkpoint holds weights, the optimizer's memory, averages, the position in the epoch, "
        "the best weights and the metrics; what is random is looked up, never used up.",
        "make kill-train",
        ("kill_train.py",),
    ),
    Proof(
        "Checkpoints slow training down",
        "One after each epoch and each 30 s, but none while they would have taken more than 1%.",
        "make checkpoint-cost",
        ("checkpoint_cost.py",),
    ),
    Proof(
        "Files that are damaged or hostile: IDX, gzip, models, checkpoints, records, metrics",
        "Sizes are held against what is there, names resolve in closed tables, JSON is strict; "
        "reading opens the file and does nothing else.",
        "make fuzz SECONDS=300",
        ("fuzz.py", "300"),
    ),
    Proof(
        "More pictures than memory",
        "Pictures may stay on the disk: a mapping that lives for one reading alone.",
        "make memory",
        ("memory.py",),
    ),
)

TESTED = (
    (
        "Another number of threads",
        "Shards and the tree of sums do not depend on it.",
        "`tests/training/test_loop.py`",
    ),
    (
        "NaN or infinity in the loss, the weights, a layer or a gradient",
        "Found in its step, with the layer, the step and the learning rate; never saved.",
        "`tests/training/test_divergence.py`, `tests/storage/test_checkpoint_file.py`",
    ),
    (
        "Two processes write one run",
        "The second is refused, and the first is named.",
        "`tests/files/test_lock.py`",
    ),
    (
        "The disk is full, read-only, or gone",
        "The older file stays whole; one line says which file.",
        "`tests/files/test_durable.py`, `tests/runs/test_execute.py`",
    ),
    (
        "Files of older and newer formats",
        "The older are read for ever, the newer are refused in one line.",
        "`tests/test_golden.py`",
    ),
)


def main() -> int:
    """Run all, write the page, and return 1 if any failed."""
    rows, failed = [], False
    for proof in TABLE:
        print(f"{proof.target} ...", flush=True)
        command = [sys.executable, str(PROOFS / proof.command[0]), *proof.command[1:]]
        done = subprocess.run(command, capture_output=True, text=True)
        lines = [line.strip() for line in done.stdout.splitlines()]
        print("\n".join(lines), done.stderr, flush=True)
        failed |= done.returncode != 0
        verdict = "" if done.returncode == 0 else "**failed** "
        rows.append((proof.fault, proof.answer, f"`{proof.target}`", verdict + "<br>".join(lines)))
    PAGE.write_text(
        "# What can go wrong, and what then happens\n\n"
        f"Written by `make faults` on {platform.machine()}, Python {platform.python_version()}.\n\n"
        f"{_table(('fault', 'what is done', 'command', 'what it printed'), rows)}\n"
        f"Shown by `make test`:\n\n{_table(('fault', 'what is done', 'test'), TESTED)}"
    )
    return int(failed)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
