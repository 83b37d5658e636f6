from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from homespun.catalog.path_list import PathList
from homespun.errors import DataError, FileError


def paths_in(path: Path, size: int = 100) -> list[tuple[bytes, ...]]:
    return [chunk.paths for chunk in PathList(path).chunks(size)]


def test_each_line_is_a_path_and_nothing_is_done_to_it(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbfa b.jpg\r\n\n/abs/c.png\n \xe9.jpg\nd.jpg")
    assert paths_in(path) == [(b"a b.jpg", b"/abs/c.png", b" \xe9.jpg", b"d.jpg")]
    assert paths_in(path, 3) == [(b"a b.jpg", b"/abs/c.png", b" \xe9.jpg"), (b"d.jpg",)]
    assert PathList(path).root == tmp_path


def test_what_tells_a_list_from_another_is_its_content(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"a.jpg\n")
    about = PathList(path).describe()
    assert about["sha256"] == hashlib.sha256(b"a.jpg\n").hexdigest()
    path.write_bytes(b"b.jpg\n")
    assert PathList(path).describe() != about


@pytest.mark.parametrize("content", [b"a.jpg\n\x00\x01b.jpg\n", b"a.jpg\n" + b"x" * 70_000])
def test_what_is_no_list_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"line 2 is no path.*homespun predict"):
        paths_in(path)


def test_a_list_that_is_gone_is_one_line(tmp_path: Path) -> None:
    for ask in (PathList(tmp_path / "gone").describe, lambda: paths_in(tmp_path / "gone")):
        with pytest.raises(FileError, match="cannot be read"):
            ask()
