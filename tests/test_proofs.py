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


def test_numbers_that_are_not_finite() -> None:
    shown = run_proof("not_finite.py")
    assert "4 ways in, 4 clear errors; 0 files hold such a number" in shown
    assert len(re.findall(r"(?m)^  .* in step \d+ \(learning rate .*\): .*layer \d", shown)) == 3


def test_damaged_idx_files() -> None:
    shown = run_proof("damaged_idx.py", "--mutants", 60, "--bomb", 20)
    found = re.match(
        r"idx: 60 changed data sets: (\d+) DataError, (\d+) sound; a bomb .*: Data", shown
    )
    assert found, shown
    assert int(found[1]) + int(found[2]) == 60
    assert int(found[1]) > 20


def test_one_photo_in_eight_orientations_and_a_bomb() -> None:
    shown = run_proof("orientations.py")
    assert "8 files of one photo, 1 different pictures seen" in shown
    assert "over 50 megapixels" in shown


def test_twins() -> None:
    shown = run_proof("twins.py", "--pictures", 60, "--twins", 12)
    assert re.match(r"twins: 12 pairs .*, 12 found .*, 0 that are none; 0 pairs on both", shown)


def test_every_door_gives_the_same_answer() -> None:
    shown = run_proof("doors.py", "--pictures", 12, "--photos", 2)
    doors = re.findall(r"(?m)^doors: (.*?): 12 of 12 labels and 12 words of trust", shown)
    assert doors == ["command line", "web", "ONNX", "catalogue"]


def test_a_door_that_answers_otherwise_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "proofs"))
    import doors

    python = {"a.png": {"label": "Bag", "trust": "yes", "probabilities": {"Bag": 0.9, "Coat": 0.1}}}
    near = {"a.png": {**python["a.png"], "probabilities": {"Bag": 0.900001, "Coat": 0.099999}}}
    far = {"a.png": {**python["a.png"], "probabilities": {"Bag": 0.9001, "Coat": 0.0999}}}
    other = {"a.png": {**python["a.png"], "label": "Coat"}}
    failed = {"a.png": {"label": None, "trust": None, "probabilities": None, "error": "broken"}}
    assert [doors.differs("a door", found, python) for found in (near, far, other, failed, {})] == [
        False, True, True, True, True
    ]  # fmt: skip
    assert "0 of 1 labels" in capsys.readouterr().out


def test_exported_files_against_onnxruntime() -> None:
    shown = run_proof("onnx_check.py", "--pictures", 50, "--recipes")
    assert re.match(r"onnx: the model in the package: 50 pictures: 50 labels and 50 words", shown)


def test_so_many_mutants_of_one_kind() -> None:
    shown = run_proof("fuzz.py", "--mutants", 20, "--only", "model")
    assert "; 20 mutants; 0 findings" in shown
    assert "checkpoint" not in shown


def test_a_kind_that_is_not_there_is_no_success() -> None:
    command = [sys.executable, ROOT / "proofs" / "fuzz.py", "--mutants", "1", "--only", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "no such kind of file: nothing" in done.stderr


def test_what_is_not_shown_yet_is_missing_and_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "proofs"))
    import run

    monkeypatch.setattr(run, "PROOFS", tmp_path)
    (tmp_path / "good.py").write_text("print('a: 0 of 3'); print('b | c')")
    (tmp_path / "bad.py").write_text("print('a: 1 of 3'); raise SystemExit(1)")
    shown = [
        run.show(run.Proof("fault", "answer", "make", (name,)))
        for name in ("good.py", "bad.py", "later.py")
    ]
    assert shown == [
        ("a: 0 of 3<br>b \\| c", True),
        ("**failed** a: 1 of 3", False),
        ("**missing**: nothing shows this yet", False),
    ]


def test_every_proof_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for path in (ROOT / "proofs").glob("*.py"):
        assert path.name in ("made.py", "sample_photos.py") or f"proofs/{path.name}" in makefile
