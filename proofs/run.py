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


FILES_AND_DATA = (
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
        "Another number of threads",
        "Shards and the tree of sums do not depend on it.",
        "make threads",
        ("threads.py",),
    ),
    Proof(
        "NaN or infinity",
        "Found in its step; the error names the layer, the step and the learning rate. Weights "
        "that are not finite are never saved, input that is not is refused as scikit-learn does.",
        "make not-finite",
        ("not_finite.py",),
    ),
    Proof(
        "IDX files cut off, of another kind, with counts or labels that lie; empty gzip files, "
        "gzip bombs",
        "One `DataError` with path and byte; sizes are held against what is there before anything "
        "is made.",
        "make damaged-idx",
        ("damaged_idx.py",),
    ),
    Proof(
        "Pictures that are corrupt, cut off, or of a kind that is not read",
        "Pillow with a closed list of formats; one `PhotoError` says which file and why.",
        "make fuzz-photos",
        ("fuzz.py", "--mutants", "10000", "--only", "photo"),
    ),
    Proof(
        "Pictures in any of the eight orientations; decompression bombs",
        "The flag is always applied. The header is read first: over 50 megapixels is refused.",
        "make orientations",
        ("orientations.py",),
    ),
    Proof(
        "Hostile model files",
        "The rules of safetensors, strict JSON, closed tables of names, sizes held against the "
        "file's; reading opens the file and does nothing else (audit hook).",
        "make hostile",
        ("fuzz.py", "--mutants", "100000", "--only", "model"),
    ),
    Proof(
        "Other files that are damaged or hostile: checkpoints, records, metrics and the rest",
        "The same.",
        "make fuzz SECONDS=300",
        ("fuzz.py", "300"),
    ),
    Proof(
        "Twins on both sides of a split",
        "Files of the same bytes, and pictures whose perceptual hashes are near, stay on one side.",
        "make twins",
        ("twins.py",),
    ),
    Proof(
        "More pictures than memory",
        "Pictures may stay on the disk: those of a shard are read, and nothing else.",
        "make memory",
        ("memory.py",),
    ),
)

ANSWERS = (
    Proof(
        "Over-confident answers",
        "A temperature is fitted on pictures that were held out of the training file; no label "
        "changes.",
        "make calibration",
        ("calibration.py",),
    ),
    Proof(
        "Different answers at different doors",
        "One function prepares photos and one model answers, at every door; what is exported is "
        "held against them.",
        "make doors",
        ("doors.py",),
    ),
    Proof(
        "An exported model that answers otherwise",
        "Every layer, the calibration and what tells trust are written in ONNX's operators, and "
        "held against onnxruntime.",
        "make onnx",
        ("onnx_check.py",),
    ),
)

SERVER = (
    Proof(
        "Requests that nobody thought of",
        "What OpenAPI says, half of it broken on purpose, and pictures and tensors changed a "
        "little, sent to a running server: no status of 500 or more, nothing that OpenAPI does not "
        "name.",
        "make api-fuzz",
        ("api_fuzz.py",),
    ),
)

TESTED = (
    (
        "Two processes write one run",
        "The second is refused, and the first is named.",
        "`tests/files/test_lock.py`",
    ),
    (
        "The disk is full, read-only, or gone",
        "The older file stays whole; one line says which file. A checkpoint that finds no room "
        "ends no training.",
        "`tests/files/test_durable.py`, `tests/runs/test_execute.py`",
    ),
    (
        "A library that is not the one that was locked",
        "`make install` takes the locked versions alone, holds each file against its SHA-256, and "
        "runs no code of theirs meanwhile.",
        "`tests/test_supply.py`",
    ),
    (
        "Files of older and newer formats",
        "The older are read for ever, the newer are refused in one line.",
        "`tests/test_golden.py`",
    ),
)


def main() -> int:
    """Run all, write the page, and return 1 if any failed."""
    pages, failed = [], False
    for title, proofs in (
        ("Files and data", FILES_AND_DATA),
        ("Answers", ANSWERS),
        ("Server", SERVER),
    ):
        rows = []
        for proof in proofs:
            told, is_good = show(proof)
            failed |= not is_good
            rows.append((proof.fault, proof.answer, f"`{proof.target}`", told))
        heads = ("fault", "what is done", "command", "what it printed")
        pages.append(f"## {title}\n\n{_table(heads, rows)}\n")
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    PAGE.write_text(
        "# What can go wrong, and what then happens\n\n"
        f"Written by `make faults` on {machine}; each command prints its figure anew.\n\n"
        f"{''.join(pages)}"
        f"## Shown by `make test`\n\n{_table(('fault', 'what is done', 'test'), TESTED)}"
    )
    return int(failed)


def show(proof: Proof) -> tuple[str, bool]:
    """Run the proof; return what it printed, for a cell of the table, and whether it held."""
    print(f"{proof.target} ...", flush=True)
    if not (PROOFS / proof.command[0]).exists():
        print("missing", flush=True)
        return "**missing**: nothing shows this yet", False
    command = [sys.executable, str(PROOFS / proof.command[0]), *proof.command[1:]]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line.strip() for line in done.stdout.splitlines()]
    print("\n".join(lines), done.stderr, flush=True)
    verdict = "" if done.returncode == 0 else "**failed** "
    return verdict + "<br>".join(line.replace("|", "\\|") for line in lines), not done.returncode


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
