from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homespun.errors import FileError
from homespun.files import durable_file, make_folder, remove_parts, write_durably


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_writes_a_new_file_and_replaces_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a file.bin"
    for content in (b"first", b"", b"\x00" * 100_000):
        write_durably(path, content)
        assert path.read_bytes() == content
        assert os.listdir(tmp_path) == ["a file.bin"]


def test_takes_a_path_as_text(tmp_path: Path) -> None:
    write_durably(str(tmp_path / "file"), b"x")
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, function, full_disk)
    with pytest.raises(FileError, match=r"file: cannot be written \(No space left") as caught:
        write_durably(path, b"new")
    assert caught.value.path == path
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "; make room on the disk"),
        (errno.EACCES, "; choose a place that you may write to"),
        (errno.EIO, ""),
    ],
)
def test_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, advice: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "some problem")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(FileError) as caught:
        write_durably(tmp_path / "file", b"new")
    path = tmp_path / "file"
    expected = f"{path}: cannot be written (some problem); nothing was changed{advice}"
    assert str(caught.value) == expected


def test_a_folder_that_vanishes_while_a_file_is_written_is_one_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def write_and_lose() -> None:
        with durable_file(folder / "file") as file:
            file.write(b"new")
            shutil.rmtree(folder)

    with pytest.raises(FileError, match=r"file: cannot be written .* its folder is not there"):
        write_and_lose()
    assert os.listdir(tmp_path) == []


def test_an_error_of_the_writer_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")

    def write_and_fail() -> None:
        with durable_file(tmp_path / "file") as file:
            file.write(b"new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_what_a_kill_left_is_known_by_its_name_and_removed(tmp_path: Path) -> None:
    left, others = ".run.json.0123abcd.part", [".run.json.part", "a.0123abcd.part", ".b.0123abcd"]
    for name in (left, *others):
        (tmp_path / name).write_bytes(b"x")
    remove_parts(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(others)


def test_content_reaches_the_disk_before_the_name_and_the_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    seen: list[tuple[str, bytes | int]] = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(handle: int) -> None:
        status = os.fstat(handle)
        seen.append(("folder", 0) if stat.S_ISDIR(status.st_mode) else ("file", status.st_size))
        fsync(handle)

    def note_replace(source: str, target: str) -> None:
        seen.append(("replace", Path(source).read_bytes()))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "replace", note_replace)
    write_durably(path, b"new")
    assert seen == [("file", 3), ("replace", b"new"), ("folder", 0)], (
        "all that Python kept back is there when the file is flushed"
    )


def test_a_folder_that_cannot_be_flushed_does_not_claim_that_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync
    calls: list[int] = []

    def fail_second(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            full_disk()
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fail_second)
    with pytest.raises(FileError, match="was written, but"):
        write_durably(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_flush_folders_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fsync = os.fsync

    def flush_files_alone(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", flush_files_alone)
    write_durably(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_new_folder_is_flushed_into_those_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync
    flushed: list[int] = []

    def note_fsync(handle: int) -> None:
        flushed.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note_fsync)
    make_folder(tmp_path / "a" / "b")
    assert set(flushed) == {folder.stat().st_ino for folder in (tmp_path, tmp_path / "a")}
    flushed.clear()
    make_folder(tmp_path / "a" / "b")
    assert flushed == []


def test_a_folder_that_may_be_lost_again_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(FileError, match=r"a: cannot be made \(No space left"):
        make_folder(tmp_path / "a")


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for name in ("file", "file/folder"):
        with pytest.raises(FileError, match=f"{name}: cannot be made"):
            make_folder(tmp_path / name)


@pytest.mark.parametrize("name", ["missing/file", "plain file/file", "x" * 300, "folder", "."])
def test_a_place_that_takes_no_file_is_one_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "plain file").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(FileError, match="cannot be written"):
        write_durably(tmp_path / name, b"new")
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "plain file").read_bytes() == b"old"


def test_the_folder_that_one_stands_in_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match="cannot be written"):
        write_durably(".", b"new")
    assert os.listdir(tmp_path) == []


def test_an_interrupt_while_writing_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_durably(tmp_path / "file", b"new")
    assert os.listdir(tmp_path) == []


WRITER = """
import sys
from homespun.files import write_durably
n = 0
while True:
    n += 1
    write_durably(sys.argv[1], bytes([n % 256]) * (300_000 + n % 7))
    if n == 3:
        print("writing", flush=True)
"""


def test_a_kill_at_any_instant_leaves_one_whole_version(tmp_path: Path) -> None:
    path = tmp_path / "file"
    moments = random.Random(5)
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"writing\n"
            time.sleep(moments.uniform(0, 0.03))
            writer.send_signal(signal.SIGKILL)
            assert writer.wait() == -signal.SIGKILL
        content = path.read_bytes()
        assert len(set(content)) == 1
        assert 300_000 <= len(content) <= 300_006
