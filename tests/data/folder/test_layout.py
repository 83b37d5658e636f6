from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from homespun.data.folder.layout import list_folder
from homespun.data.folder.listing import in_order
from homespun.errors import DataError, FileError


def write(root: Path, *places: str) -> None:
    for place in places:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(b"no picture, but nobody looks")


def told(root: Path) -> list[tuple[str, str, str | None]]:
    return [tuple(entry) for entry in list_folder(root).entries]


def test_a_folder_for_each_class(tmp_path: Path) -> None:
    write(tmp_path, "b/2.jpg", "b/1.png", "a b/ü.webp", "b/deep/er/3.jpg", "b/no ending")
    listing = list_folder(tmp_path)
    assert told(tmp_path) == [
        ("a b/ü.webp", "a b", None),
        ("b/1.png", "b", None),
        ("b/2.jpg", "b", None),
        ("b/deep/er/3.jpg", "b", None),
        ("b/no ending", "b", None),
    ]
    assert listing.layout == "a folder for each class"
    assert listing.class_names == ("a b", "b")


@pytest.mark.parametrize("names", [("train", "val", "test"), ("Training", "dev", "TESTING")])
def test_parts_with_classes(tmp_path: Path, names: tuple[str, str, str]) -> None:
    write(tmp_path, *(f"{name}/hat/1.jpg" for name in names), "README.md")
    parts = {entry.place.split("/")[0]: entry.part for entry in list_folder(tmp_path).entries}
    assert parts == dict(zip(names, ("train", "validation", "test"), strict=True))


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    write(tmp_path, "train/1.jpg", "bus/1.jpg")
    assert told(tmp_path) == [("bus/1.jpg", "bus", None), ("train/1.jpg", "train", None)]


def test_parts_and_classes_side_by_side_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "train/hat/1.jpg", "extra/hat/1.jpg")
    with pytest.raises(DataError, match="has train beside extra"):
        list_folder(tmp_path)


def test_two_folders_for_one_part_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "train/a/1.jpg", "val/a/1.jpg", "dev/a/1.jpg")
    with pytest.raises(DataError, match="two folders for one part"):
        list_folder(tmp_path)


def test_what_no_picture_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a/1.jpg", "a/.hidden.jpg", "a/Thumbs.db", "a/notes.txt", ".git/x.jpg",
          "__MACOSX/a/1.jpg", "list.csv")  # fmt: skip
    (tmp_path / "empty").mkdir()
    listing = list_folder(tmp_path)
    assert [entry.place for entry in listing.entries] == ["a/1.jpg"]
    assert (listing.class_names, listing.n_other) == (("a", "empty"), 2)
    assert listing.skipped == ()


def test_links_are_followed_within_the_folder_alone(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, "a/1.jpg")
    write(tmp_path, "outside/secret.jpg")
    os.symlink(root / "a" / "1.jpg", root / "a" / "2.jpg")
    os.symlink(tmp_path / "outside" / "secret.jpg", root / "a" / "3.jpg")
    os.symlink(tmp_path / "outside", root / "a" / "more")
    os.symlink(root, root / "a" / "loop")
    os.symlink(tmp_path / "outside", root / "b")
    listing = list_folder(root)
    assert [entry.place for entry in listing.entries] == ["a/1.jpg", "a/2.jpg"]
    assert dict(listing.skipped) == {
        "a/3.jpg": "is a link that leads out of the folder",
        "a/more": "is a link to a folder; links are for files",
        "a/loop": "is a link to a folder; links are for files",
        "b": "is a link to a folder; links are for files",
    }


def test_names_that_no_text_can_hold_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "a/1.jpg")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/a/\xff.jpg")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system has no such names")
    listing = list_folder(tmp_path)
    assert len(listing.entries) == 1
    assert "no Unicode" in listing.skipped[0].reason
    assert listing.skipped[0].place.isascii()


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl"])
def test_metadata_in_the_folder(tmp_path: Path, name: str) -> None:
    write(tmp_path, "one.jpg", "train/two.jpg", "../outside.jpg")
    rows: dict[str, Any] = {
        "metadata.csv": "file_name,label\none.jpg,9\ntrain/two.jpg,10\ngone.jpg,9\n",
        "metadata.jsonl": '{"file_name": "one.jpg", "label": 9}\n'
        '{"file_name": "train/two.jpg", "label": 10}\n{"file_name": "gone.jpg", "label": 9}\n',
    }
    (tmp_path / name).write_text(rows[name])
    listing = list_folder(tmp_path)
    assert told(tmp_path) == [("one.jpg", "9", None), ("train/two.jpg", "10", "train")]
    assert listing.class_names == ("9", "10")
    assert listing.skipped == (("gone.jpg", "is not there"),)


def test_metadata_in_each_part(tmp_path: Path) -> None:
    for part in ("train", "test"):
        write(tmp_path, f"{part}/x.jpg")
        (tmp_path / part / "metadata.csv").write_text("file_name,label\nx.jpg,hat\n")
    assert told(tmp_path) == [("test/x.jpg", "hat", "test"), ("train/x.jpg", "hat", "train")]
    (tmp_path / "test" / "metadata.csv").unlink()
    with pytest.raises(DataError, match="test: has no metadata file"):
        list_folder(tmp_path)


def test_two_metadata_files_are_refused(tmp_path: Path) -> None:
    for name in ("metadata.csv", "metadata.jsonl"):
        (tmp_path / name).write_text("")
    with pytest.raises(DataError, match=r"metadata\.csv and metadata\.jsonl"):
        list_folder(tmp_path)


def test_what_is_no_folder_of_pictures_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="missing: is not there; name a folder of pictures"):
        list_folder(tmp_path / "missing")
    with pytest.raises(DataError, match=r"expected a folder for each class .* got 0 files"):
        list_folder(tmp_path)
    write(tmp_path, "1.jpg")
    with pytest.raises(FileError, match=r"1\.jpg: is not a folder"):
        list_folder(tmp_path / "1.jpg")
    with pytest.raises(DataError, match="got 1 files and no folders"):
        list_folder(tmp_path)


def test_numbers_are_put_in_order_as_numbers() -> None:
    assert in_order({"10", "9", "0"}) == ("0", "9", "10")
    assert in_order({"10", "9", "x"}) == ("10", "9", "x")
