from __future__ import annotations

import os
from pathlib import Path

import pytest

from homespun.catalog.tree import Tree, holds_pictures
from homespun.errors import FileError


def test_pictures_come_in_order_and_in_chunks(pictures: Path, order: list[str]) -> None:
    chunks = list(Tree(pictures).chunks(10))
    assert [chunk.n for chunk in chunks] == [10, 10, 7]
    assert [path.decode() for chunk in chunks for path in chunk.paths] == order


def test_what_is_hidden_or_no_picture_is_passed_over_and_links_are_not_walked(
    tmp_path: Path,
) -> None:
    for name in ("a.jpg", ".b.jpg", "Thumbs.db", "c", "d.txt", "deep/e.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "circle.png").symlink_to(tmp_path)
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "link.png").symlink_to(tmp_path / "a.jpg")
    (tmp_path / "nowhere.png").symlink_to(tmp_path / "gone.png")
    (chunk,) = Tree(tmp_path).chunks(10)
    assert chunk.paths == (b"a.jpg", b"link.png", b"nowhere.png", b"deep/e.webp")


def test_a_name_that_is_no_unicode_is_kept(tmp_path: Path) -> None:
    name = b"caf\xe9.jpg"
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    except OSError:
        pytest.skip("the file system takes no such names")
    (chunk,) = Tree(tmp_path).chunks(10)
    assert chunk.paths == (name,)


def test_a_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        list(Tree(tmp_path / "gone").chunks(10))


def test_only_names_of_pictures_make_a_folder_of_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"x")
    assert not holds_pictures(tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.JPEG").write_bytes(b"x")
    assert holds_pictures(tmp_path)
