from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()


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


def test_what_a_killed_holder_wrote_is_not_left_behind_the_new_name(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("process 1234567890 on a machine with a very long name" * 3)
    with Lock(tmp_path / "lock") as lock:
        assert lock.path.read_text() == f"process {os.getpid()} on {socket.gethostname()}"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists open files")
def test_no_file_stays_open(tmp_path: Path) -> None:
    before = sorted(os.listdir("/proc/self/fd"))
    with Lock(tmp_path / "lock"), pytest.raises(FileError, match="is being written"):
        Lock(tmp_path / "lock").__enter__()
    Lock(tmp_path / "lock").check_free()
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_looking_takes_and_makes_nothing(tmp_path: Path) -> None:
    Lock(tmp_path / "lock").check_free()
    Lock(tmp_path / "missing" / "lock").check_free()
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="lock: cannot be written"):
        Lock(tmp_path / "missing" / "lock").__enter__()


@pytest.mark.skipif(sys.platform == "win32", reason="fcntl is of Unix")
def test_a_file_system_without_locks_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def no_locks(handle: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    lock = Lock(tmp_path / "lock")
    for take in (lock.__enter__, lock.check_free):
        with pytest.raises(FileError) as caught:
            take()
        assert str(caught.value).startswith(f"{tmp_path}: cannot be locked (No locks available)")
        assert "choose a folder on another file system" in str(caught.value)


def test_a_lock_that_cannot_say_who_holds_it_is_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(handle: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    lock = Lock(tmp_path / "lock")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full_disk)
        with pytest.raises(FileError, match=r"lock: cannot be written \(No space left"):
            lock.__enter__()
    assert os.listdir(tmp_path) == []
    with lock:
        pass


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
