from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from homespun.tune.workers import Worker, has_died


def test_a_process_lives_as_long_as_it_holds_its_lock(tmp_path: Path) -> None:
    worker = Worker.here(tmp_path / "workers")
    with worker.lock:
        assert not has_died(tmp_path / "workers", worker.to_json())
    assert has_died(tmp_path / "workers", worker.to_json())


def test_no_two_have_one_name(tmp_path: Path) -> None:
    assert Worker.here(tmp_path).name != Worker.here(tmp_path).name


def test_a_process_that_is_killed_has_died(tmp_path: Path) -> None:
    code = (
        "import json, os, sys, pathlib\n"
        "from homespun.tune.workers import Worker\n"
        "worker = Worker.here(pathlib.Path(sys.argv[1]))\n"
        "worker.lock.__enter__()\n"
        "print(worker.name, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        told = Worker.here(tmp_path).to_json() | {
            "name": process.stdout.readline().decode().strip()
        }
        assert not has_died(tmp_path, told)
        process.kill()
        process.wait()
    assert has_died(tmp_path, told)


def test_of_another_host_nobody_can_tell(tmp_path: Path) -> None:
    assert not has_died(tmp_path, {"host": "elsewhere", "name": "1-00000000"})
