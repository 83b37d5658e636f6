from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from homespun.errors import FileError
from homespun.files import Lock

HOLDER = """
import sys, time
from pathlib import Path
from homespun.files import Lock
with Lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def holder(path: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_lock_that_another_process_holds_is_refused_and_names_it(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    with holder(lock.path) as process:
        for take in (lock.__enter__, lock.check_free):
            with pytest.raises(FileError) as caught:
                take()
            name = f"process {process.pid} on {socket.gethostname()}"
            assert str(caught.value) == (
                f"{tmp_path}: is being written by {name}; wait for it, or end it"
            )
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert lock.path.exists(), "a killed process cannot tidy up"
    lock.check_free()
    with lock:
        assert lock.path.read_text() == f"process {os.getpid()} on {socket.gethostname()}"
    assert os.listdir(tmp_path) == []


def test_two_locks_in_one_process_exclude_each_other(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock"), pytest.raises(FileError, match="is being written by process"):
        Lock(tmp_path / "lock").__enter__()
    with Lock(tmp_path / "lock"):
        pass


def test_looking_takes_and_makes_nothing(tmp_path: Path) -> None:
    Lock(tmp_path / "lock").check_free()
    Lock(tmp_path / "missing" / "lock").check_free()
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="lock: cannot be written"):
        Lock(tmp_path / "missing" / "lock").__enter__()


def test_a_folder_that_vanishes_meanwhile_is_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with Lock(folder / "lock"):
        (folder / "lock").unlink()
        folder.rmdir()


def test_a_lock_file_that_its_holder_removes_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening and locking, the last holder may remove the file that we then lock."""
    path = tmp_path / "lock"
    opened: list[int] = []
    system_open = os.open

    def open_and_lose(file: Path, flags: int, mode: int = 0o777) -> int:
        handle = system_open(file, flags, mode)
        opened.append(handle)
        if len(opened) == 1:
            path.unlink()
        return handle

    monkeypatch.setattr(os, "open", open_and_lose)
    with Lock(path):
        assert len(opened) == 2
        with pytest.raises(FileError, match="is being written"):
            Lock(path).check_free()
