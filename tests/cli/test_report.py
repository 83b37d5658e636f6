from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homespun.runs import RunFolder

Command = Callable[..., Any]


def test_the_page_is_written_again(homespun: Command, trained: Any, tmp_path: Path) -> None:
    folder = tmp_path / trained.folder.name
    shutil.copytree(trained.folder, folder)
    page = folder / "report.html"
    first = page.read_bytes()
    page.unlink()
    done = homespun("report", folder)
    assert (done.status, done.out, done.err) == (0, f"report   {page}\n", "")
    assert page.read_bytes() == first
    assert json.loads(homespun("report", folder, "--json").out) == {"report": str(page)}


def test_a_run_without_a_result_is_one_line(
    homespun: Command, killed_run: RunFolder, tmp_path: Path
) -> None:
    assert "has not ended yet" in homespun("report", killed_run.path).complaint
    assert "is not a run folder" in homespun("report", tmp_path).complaint
    killed_run.record.write_bytes(b"\xff")
    assert "is not a run's record" in homespun("report", killed_run.path).complaint
