"""Readers under random changes: a moment of what `make fuzz` does, and the cases it once found."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from homespun.errors import FileError

PROOFS = Path(__file__).parent.parent / "proofs"
CORPUS = Path(__file__).parent / "corpus"
KINDS = {
    "idx", "idx-gz", "model", "checkpoint", "run", "study", "metrics", "photo", "metadata-csv",
    "metadata-jsonl", "manifest",
}  # fmt: skip


def run_fuzz(*arguments: object) -> str:
    command = [sys.executable, PROOFS / "fuzz.py", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_moment_of_fuzzing_finds_nothing_and_the_kept_cases_neither() -> None:
    shown = run_fuzz(6)
    found = re.match(
        r"fuzz: seed \d+; (\d+) kept cases; ([\d,]+) mutants; 0 findings; peak memory grew by "
        r"(\d+) MB\n",
        shown,
    )
    assert found, shown
    kept, mutants, grown = (int(number.replace(",", "")) for number in found.groups())
    assert kept == len(list(CORPUS.glob("*/*.bin"))) > 20
    assert mutants > 100
    assert grown < 100
    for kind in KINDS:
        line = re.search(rf"^  {kind} +[\d,]+: .*$", shown, flags=re.MULTILINE)
        assert line, shown
        assert "sound" in line[0], line[0]
        assert "Error" in line[0], line[0]


def test_every_case_is_of_a_kind_that_is_read() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} <= KINDS


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.syspath_prepend(str(PROOFS))
    import fuzz

    monkeypatch.setattr(fuzz, "CORPUS", tmp_path / "corpus")
    return fuzz


def unpickle(path: Path) -> object:
    return pickle.loads(path.read_bytes())


def open_another(path: Path) -> object:
    with open(f"{path}.other", "w") as file:
        return file


def fail(path: Path) -> object:
    raise KeyError(path.read_bytes()[:1])


def refuse_in_two_lines(path: Path) -> object:
    raise FileError(path, "one\ntwo")


@pytest.mark.parametrize(
    ("read", "finding"),
    [
        (unpickle, "pickle.find_class"),
        (open_another, "open"),
        (fail, "unexpected KeyError"),
        (refuse_in_two_lines, "more than one line"),
    ],
)
def test_what_no_reader_may_do_is_found_and_kept(
    fuzz: Any, tmp_path: Path, read: Any, finding: str
) -> None:
    sample = pickle.dumps(Path)
    target = fuzz.Target("bad", "file", [sample], read, (FileError,))
    watch = fuzz.Watch()
    assert finding in fuzz.read_one(target, tmp_path / "file", sample, watch)
    fuzz.keep(target, sample)
    findings, n = fuzz.replay([target], tmp_path, watch)
    assert n == 1
    assert finding in findings[0]
