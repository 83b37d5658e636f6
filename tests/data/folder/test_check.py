from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from PIL import Image

from homespun.data import FolderCheck, check_folder


def check(tree: Any, tmp_path: Path) -> FolderCheck:
    return check_folder(tree.root, cache=tmp_path / "cache")


def test_a_sound_folder_has_no_faults(pictures_in: Any, tmp_path: Path) -> None:
    pictures_in.classes(8)
    found = check(pictures_in, tmp_path)
    assert found.faults == ()
    assert found.to_json()["ok"] is True
    assert (found.unreadable, found.exact, found.near, found.leaks) == ((), (), (), ())
    assert {sum(row.values()) for row in found.counts.values()} == {8}
    assert sum(row["validation"] for row in found.counts.values()) == 6
    assert found.in_shape == (30, 30, 3)


def test_all_that_may_be_wrong_is_told(pictures_in: Any, tmp_path: Path) -> None:
    root = pictures_in.classes(6, ("a", "b"), "train/")
    pictures_in.save("test/a/1.png", 0, 60)
    pictures_in.save("test/c/1.png", 3, 61)
    shutil.copy(root / "train/a/000.jpg", root / "test/a/leak.jpg")
    shutil.copy(root / "train/a/001.jpg", root / "train/b/copy.jpg")
    pictures_in.scene(0).save(root / "train/b/one.png")
    pictures_in.scene(0).save(root / "train/b/one more.jpg")
    Image.new("RGB", (5, 4), (9, 200, 9)).save(root / "train/b/tiny.png")
    Image.new("RGB", (90, 30), (9, 200, 9)).save(root / "train/b/banner.png")
    (root / "train/b/text.png").write_text("no picture")
    (root / "train/b/notes.txt").write_text("no picture")
    (root / "train/empty").mkdir()
    found = check(pictures_in, tmp_path)
    assert [one.place for one in found.unreadable] == ["train/b/text.png"]
    assert found.empty_classes == ("empty",)
    assert found.tiny == (("train/b/tiny.png", 5, 4),)
    assert found.odd == (("train/b/banner.png", 90, 30),)
    assert found.exact == (
        ("test/a/leak.jpg", "train/a/000.jpg"),
        ("train/a/001.jpg", "train/b/copy.jpg"),
    )
    assert found.near == (("train/b/one more.jpg", "train/b/one.png"),)
    assert found.leaks == (("test/a/leak.jpg", "train/a/000.jpg"),)
    assert found.conflicts == (("train/a/001.jpg", "train/b/copy.jpg"),)
    assert found.n_other == 1
    assert found.faults == (
        "files that cannot be read: 1",
        "classes without a picture that can be read: 1",
        "classes with pictures to judge by, but none to train on: 1",
        "pictures that are there several times, in different classes: 1",
        "pictures with a twin in another of the given parts: 1",
    )
    assert found.to_json()["ok"] is False
    assert found.to_json()["unreadable"][0]["place"] == "train/b/text.png"


def test_one_class_and_two_pictures_are_faults(pictures_in: Any, tmp_path: Path) -> None:
    pictures_in.classes(1, ("a", "b"))
    assert check(pictures_in, tmp_path).faults == (
        "there are too few pictures to hold any out to judge by",
    )
    shutil.rmtree(pictures_in.root / "b")
    assert check(pictures_in, tmp_path).faults == (
        "there must be two classes at least to train on, and there are 1",
        "there are too few pictures to hold any out to judge by",
    )
