from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from homespun.catalog import EngineError, Progress, make_catalog
from homespun.catalog.local import Local
from homespun.errors import HomespunError

DEADLY = """
import os, signal, sys
if "spawn_main" in " ".join(sys.orig_argv):
    from homespun.data.folder import opening
    real = opening.open_picture

    def open_picture(path):
        if path.name.startswith("deadly"):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(path)

    opening.open_picture = open_picture
"""
STILLBORN = """
import os, sys
if "spawn_main" in " ".join(sys.orig_argv):
    os._exit(3)
"""


@pytest.fixture
def in_each_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """(code) -> nothing; worker processes run it first."""

    def put(code: str) -> None:
        folder = tmp_path / "site"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(folder))

    return put


def test_each_worker_may_be_killed(
    pictures: Path, model_file: Path, tmp_path: Path, check_catalog: Callable[[Path], None]
) -> None:
    killed: list[int | None] = []

    def kill_all(progress: Progress) -> None:
        if progress.done in (5, 15):
            for process in active_children():
                killed.append(process.pid)
                process.kill()

    output = tmp_path / "c.parquet"
    make_catalog(pictures, output, model=model_file, engine=Local(2), tell=kill_all, chunk=5)
    check_catalog(output)
    assert len(set(killed)) == 4
    assert active_children() == []


def test_a_picture_that_kills_its_process_is_a_row_with_an_error(
    pictures: Path,
    model_file: Path,
    tmp_path: Path,
    in_each_worker: Callable[[str], None],
) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    for name in ("a.jpg", "deadly 1.jpg", "deadly 2.jpg", "z.jpg"):
        shutil.copy(pictures / "00.jpg", shop / name)
    in_each_worker(DEADLY)
    output = tmp_path / "c.parquet"
    make_catalog(shop, output, model=model_file, engine=Local(1), chunk=4)
    errors = {row["path"]: row["error"] for row in pq.read_table(output).to_pylist()}
    assert errors["a.jpg"] is errors["z.jpg"] is None
    for name in ("deadly 1.jpg", "deadly 2.jpg"):
        assert errors[name].startswith("the process that read it was killed")


def test_where_no_process_can_work_one_line_says_so(
    pictures: Path, model_file: Path, tmp_path: Path, in_each_worker: Callable[[str], None]
) -> None:
    in_each_worker(STILLBORN)
    with pytest.raises(EngineError, match=r"6 processes ended one after another.*exit status 3"):
        make_catalog(pictures, tmp_path / "c.parquet", model=model_file, engine=Local(2))
    assert active_children() == []


def test_what_no_process_could_do_ends_the_work(
    pictures: Path, model_file: Path, tmp_path: Path
) -> None:
    def spoil(progress: Progress) -> None:
        (tmp_path / "c.parquet.part" / "model.safetensors").write_bytes(b"spoilt")

    with pytest.raises(HomespunError, match="is not a sound model file"):
        make_catalog(
            pictures, tmp_path / "c.parquet", model=model_file, engine=Local(1), tell=spoil
        )
    assert active_children() == []


def test_ctrl_c_ends_all_processes(pictures: Path, model_file: Path, tmp_path: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.done:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        make_catalog(
            pictures,
            tmp_path / "c.parquet",
            model=model_file,
            engine=Local(2),
            tell=interrupt,
            chunk=2,
        )
    assert active_children() == []
    assert not (tmp_path / "c.parquet").exists()
