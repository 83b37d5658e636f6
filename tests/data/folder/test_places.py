from __future__ import annotations

import os
from pathlib import Path

import pytest

from homespun.data.folder.places import Walls, is_ours_to_see, may_be_picture, tidy_place


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a/b.jpg", "a/b.jpg"),
        ("./a//b.jpg", "a/b.jpg"),
        ("Käse 1.png", "Käse 1.png"),
        ("..a", "..a"),
    ],
)
def test_names_become_tidy(name: str, place: str) -> None:
    assert tidy_place(name) == place
    assert tidy_place(place) == place


@pytest.mark.parametrize(
    "name",
    ["", ".", "./", "..", "../a", "a/../../b", "a\\..\\b", "/etc/passwd", "\\\\server\\a", "C:\\a",
     "C:a", "a\0b", "a\udcff.jpg"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^(names|must|leads|has)"):
        tidy_place(name)


def test_hidden_files_and_those_of_systems_are_not_ours() -> None:
    for name in (".hidden", "Thumbs.db", ".DS_Store", "__MACOSX", "desktop.ini"):
        assert not is_ours_to_see(name)
    for name in ("a.jpg", "thumbs", "ä"):
        assert is_ours_to_see(name)


def test_what_may_be_a_picture_by_its_name() -> None:
    for name in ("a.JPG", "a.jpeg", "a.b.webp", "IMG_1234", "a.heic"):
        assert may_be_picture(name)
    for name in ("notes.txt", "a.jpg.json", "a.csv"):
        assert not may_be_picture(name)


def test_walls_hold_links(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "a", outside):
        folder.mkdir(parents=True)
        (folder / "picture").write_bytes(b"x")
    os.symlink(root / "a" / "picture", root / "inner")
    os.symlink(outside / "picture", root / "outer")
    os.symlink(outside, root / "folder")
    os.symlink(root / "nowhere", root / "broken")
    os.mkfifo(root / "pipe")
    walls = Walls(root)
    assert walls.problem("a/picture") is None
    assert walls.problem("inner") is None
    assert walls.problem("outer") == "is a link that leads out of the folder"
    assert walls.problem("folder/picture") == "lies behind a link that leads out of the folder"
    assert walls.problem("broken") == "is not there"
    assert walls.problem("a/missing") == "is not there"
    assert walls.problem("pipe") == walls.problem("a") == "is not a file"
    os.symlink(root, tmp_path / "link to root")
    assert Walls(tmp_path / "link to root").problem("a/picture") is None
