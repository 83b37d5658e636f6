from __future__ import annotations

import errno
import os
import tracemalloc
from pathlib import Path

import pytest

from homespun.errors import FileError
from homespun.files import read_bounded


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_returns_every_byte(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "file").write_bytes(content)
    assert read_bounded(tmp_path / "file", 2**22) == content
    assert read_bounded(str(tmp_path / "file"), size) == content


@pytest.mark.parametrize("limit", [0, 4, 2**20, 2**21])
def test_one_byte_more_than_the_limit_is_too_much(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(limit + 1))
    with pytest.raises(FileError, match=f"file: is larger than {limit:,} bytes"):
        read_bounded(path, limit)


def test_an_endless_file_ends_at_the_limit() -> None:
    with pytest.raises(FileError, match="is not a file"):
        read_bounded("/dev/zero", 1000)


def test_memory_follows_the_file_and_not_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"small")
    tracemalloc.start()
    assert read_bounded(path, 2**30) == b"small"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


def test_a_huge_file_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with open(path, "wb") as file:
        file.truncate(2**40)  # takes no room: it is all one hole
    tracemalloc.start()
    with pytest.raises(FileError, match="is larger than"):
        read_bounded(path, 10_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing", "No such file"),
        ("folder", "is not a file"),
        ("pipe", "is not a file"),
        ("plain/file", "Not a directory"),
        ("x" * 300, "too long"),
    ],
)
def test_what_is_no_readable_file_is_one_error(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match=problem) as caught:
        read_bounded(tmp_path / name, 10)
    assert caught.value.path == tmp_path / name
    assert "\n" not in str(caught.value)


def test_a_fault_of_the_disk_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setattr("builtins.open", broken)
    with pytest.raises(FileError, match="Input/output error"):
        read_bounded(tmp_path / "file", 10)
