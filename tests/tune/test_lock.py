from __future__ import annotations

from pathlib import Path

from homespun.tune.lock import FileLock


def test_a_lock_that_others_broke_is_let_go_in_peace(tmp_path: Path) -> None:
    lock = FileLock(str(tmp_path / "file"))
    lock.acquire()
    (tmp_path / "file.lock").unlink()
    lock.release()
    lock.acquire()
    assert (tmp_path / "file.lock").exists()
    lock.release()
    assert list(tmp_path.iterdir()) == []
