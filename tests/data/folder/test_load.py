from __future__ import annotations

import io
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from homespun.data import (
    FolderData,
    Preparation,
    StoredImages,
    load_folder,
    prepare,
    read_photo,
)
from homespun.data.folder import decoding, opened
from homespun.errors import DataError, FileError, SettingError


@pytest.fixture
def load(pictures_in: Any, tmp_path: Path) -> Any:
    """(anything of load_folder) -> the folder's pictures, with a cache of the test's own."""

    def do_load(**others: Any) -> FolderData:
        return load_folder(pictures_in.root, **{"cache": tmp_path / "cache", **others})

    return do_load


def test_pictures_are_those_of_prepare_with_their_labels(pictures_in: Any, load: Any) -> None:
    root = pictures_in.classes(8)
    found = load(image_size=16)
    data = found.training_file
    assert data.class_names == ("Röcke & Hosen", "coat", "dress", "hat", "t-shirt")
    rows = [row for row in found.manifest.rows if row.split in ("train", "validation")]
    assert len(rows) == len(data) == 40
    for row, picture, label in zip(rows, data.images, data.labels, strict=True):
        photo = read_photo(root / row.place)
        np.testing.assert_array_equal(
            picture, prepare(photo, (16, 16, 3), Preparation.plain()).pixels
        )
        assert row.place.startswith(data.class_names[label] + "/")
    assert found.test is None
    assert data.about["judged_on"] == "validation part"
    assert len(found.train) == 34
    assert found.validation is not None
    assert len(found.validation) == 6
    np.testing.assert_array_equal(found.judged.images, data.images[data.held_out])


def test_parts_that_are_given_are_kept(pictures_in: Any, load: Any) -> None:
    for k, part in enumerate(("train", "val", "test")):
        for label, name in enumerate(("coat", "hat")):
            for number in range(4 - k):
                pictures_in.save(f"{part}/{name}/{number}.png", label, 10 * k + number)
    found = load()
    assert found.manifest.counts() == {"train": 8, "validation": 6, "test": 4, "left out": 0}
    for row in found.manifest.rows:
        assert row.place.startswith({"validation": "val"}.get(row.split, row.split))
    assert found.training_file.about["judged_on"] == "test part"
    assert found.test is not None
    assert (found.test.labels.tolist(), len(found.train)) == ([0, 0, 1, 1], 8)


def test_twins_of_the_test_part_are_not_learnt_from(pictures_in: Any, load: Any) -> None:
    pictures_in.classes(6, ("a", "b"), "train/")
    pictures_in.classes(1, ("a", "b"), "test/")  # the same files as the first of each
    found = load()
    left_out = [row.place for row in found.manifest.rows if row.split == "left out"]
    assert left_out == ["train/a/000.jpg", "train/b/000.jpg"]
    assert found.training_file.about["n_left_out"] == 2


def test_near_duplicates_stay_on_one_side(pictures_in: Any, load: Any) -> None:
    for label, name in enumerate(("a", "b")):
        (pictures_in.root / name).mkdir(parents=True)
        for number in range(12):
            picture = pictures_in.scene(100 * label + number)
            picture.save(pictures_in.root / name / f"{number:02}.png")
            small = picture.resize((80, 80), Image.Resampling.BICUBIC)
            small.save(pictures_in.root / name / f"{number:02} again.jpg", quality=60)
    for seed in range(3):
        splits = {row.place: row.split for row in load(seed=seed).manifest.rows}
        assert list(splits.values()).count("validation") in (6, 8)
        for place, split in splits.items():
            if place.endswith(".png"):
                assert splits[place.replace(".png", " again.jpg")] == split


def test_pictures_are_decoded_once(
    pictures_in: Any, load: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pictures_in.classes(3)
    lines: list[str] = []
    first = load(say=lines.append)
    assert len(lines) == 1
    monkeypatch.setattr(decoding, "open_picture", None)
    again = load(say=lines.append)
    assert len(lines) == 1
    np.testing.assert_array_equal(again.training_file.images, first.training_file.images)
    assert again.manifest == first.manifest
    monkeypatch.undo()
    pictures_in.save("coat/000.jpg", 0, 77)  # another picture under an old name
    assert load(say=lines.append).manifest != first.manifest
    load(say=lines.append, image_size=20)
    assert len(lines) == 3
    assert not list(tmp_path.glob("cache/**/*.part"))
    assert not list(tmp_path.glob("cache/**/lock"))


@pytest.mark.parametrize("name", ["pictures.npy", "facts.npy", "problems.json"])
def test_a_damaged_cache_is_made_anew(
    pictures_in: Any, load: Any, tmp_path: Path, name: str
) -> None:
    pictures_in.classes(3)
    before = load()
    (file,) = (tmp_path / "cache").glob(f"*/*/{name}")
    content = file.read_bytes()
    for damaged in (b"", content[: len(content) // 2], b"[1]"):
        file.write_bytes(damaged)
        lines: list[str] = []
        after = load(say=lines.append)
        assert len(lines) == 1
        np.testing.assert_array_equal(after.training_file.images, before.training_file.images)
        assert file.read_bytes() == content


def test_ctrl_c_while_decoding_leaves_nothing_half_done(
    pictures_in: Any, load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures_in.classes(10)
    opened_so_far = 0
    real = decoding.open_picture

    def interrupted(path: Path) -> Any:
        nonlocal opened_so_far
        opened_so_far += 1
        if opened_so_far == 40:
            raise KeyboardInterrupt
        return real(path)

    monkeypatch.setattr(decoding, "open_picture", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load()
    assert not [path for path in (tmp_path / "cache").rglob("*.part") if path.is_file()]
    assert not list((tmp_path / "cache").glob("*/*/problems.json"))
    monkeypatch.undo()
    assert len(load().training_file) == 50


def test_many_pictures_stay_on_the_disk(
    pictures_in: Any, load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures_in.classes(4)
    in_memory = load()
    monkeypatch.setattr(opened, "_IN_MEMORY", 0)
    on_disk = load()
    assert isinstance(on_disk.training_file.images, StoredImages)
    assert isinstance(on_disk.train.images, StoredImages)
    np.testing.assert_array_equal(on_disk.train.images, in_memory.train.images)


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic" + bytes(40)


def test_what_cannot_be_read_is_skipped_with_its_reason(pictures_in: Any, load: Any) -> None:
    root = pictures_in.classes(3)
    (root / "hat" / "text.jpg").write_text("shopping list")
    (root / "hat" / "phone.jpg").write_bytes(heic())
    (root / "hat" / "empty.jpg").write_bytes(b"")
    whole = io.BytesIO()
    pictures_in.picture(1, 50).resize((200, 200)).save(whole, "JPEG")
    (root / "coat" / "cut.jpg").write_bytes(whole.getvalue()[:900])
    (root / "new").mkdir()
    before = sorted(root.rglob("*"))
    found = load()
    reasons = dict(found.skipped)
    assert list(reasons) == ["coat/cut.jpg", "hat/empty.jpg", "hat/phone.jpg", "hat/text.jpg"]
    assert reasons["hat/empty.jpg"] == "is empty"
    assert "HEIC" in reasons["hat/phone.jpg"]
    assert all("/" not in reason for reason in reasons.values()), "the place is told already"
    assert found.empty_classes == ("new",)
    assert len(found.training_file) == 15
    assert sorted(root.rglob("*")) == before, "nothing is written among the user's pictures"


def one_class(tree: Any) -> None:
    tree.classes(4, ("hat",))


def wrapped(tree: Any) -> None:
    tree.classes(4, ("hat", "coat"), "unpacked/")


def two_pictures(tree: Any) -> None:
    tree.classes(1, ("hat", "coat"))


def only_judged(tree: Any) -> None:
    tree.classes(3, ("hat", "coat"), "train/")
    tree.save("test/shoe/1.png", 3, 99)


def broken(tree: Any) -> None:
    for name in ("hat", "coat"):
        (tree.root / name).mkdir(parents=True)
        (tree.root / name / "a.jpg").write_text("no picture")


def empty_classes(tree: Any) -> None:
    for name in ("hat", "coat"):
        (tree.root / name).mkdir(parents=True)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (one_class, r"pictures of one class only \(hat\); name a folder"),
        (wrapped, r"one class only \(unpacked\); did you mean .*unpacked\?"),
        (two_pictures, "has 2 pictures, too few to judge by"),
        (only_judged, "class shoe has pictures to validate or test, but none to train on"),
        (broken, r"no picture that can be read \(coat/a\.jpg: "),
        (empty_classes, r"no pictures in its folders \(coat, hat\)"),
    ],
)
def test_folders_that_nothing_can_be_learnt_from_are_one_line(
    pictures_in: Any, load: Any, make: Any, problem: str
) -> None:
    make(pictures_in)
    with pytest.raises(DataError, match=problem) as refused:
        load()
    assert "\n" not in str(refused.value)


def test_three_pictures_are_an_answer(pictures_in: Any, load: Any) -> None:
    pictures_in.classes(1, ("hat", "coat"))
    pictures_in.save("hat/more.png", 0, 5)
    found = load()
    assert found.manifest.counts()["validation"] == 1
    assert len(found.judged) == 1


def test_a_manifest_brings_back_its_pictures_and_parts(pictures_in: Any, load: Any) -> None:
    root = pictures_in.classes(8)
    first = load(seed=5, image_size=16)
    pictures_in.classes(2, ("new class",))
    pictures_in.save("hat/new.png", 2, 80)
    again = load(manifest=first.manifest, image_size=16)
    assert again.manifest == first.manifest
    assert again.training_file.class_names == first.training_file.class_names
    np.testing.assert_array_equal(again.training_file.images, first.training_file.images)
    assert again.training_file.about == first.training_file.about
    shutil.copy(root / "hat" / "000.jpg", root / "hat" / "001.jpg")
    with pytest.raises(DataError, match=r"hat/001\.jpg is another picture than when the parts"):
        load(manifest=first.manifest)
    (root / "hat" / "001.jpg").unlink()
    with pytest.raises(DataError, match=r"hat/001\.jpg cannot be read any more"):
        load(manifest=first.manifest)


def test_a_cache_that_cannot_be_written(
    pictures_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_cache: Path
) -> None:
    pictures_in.classes(3)
    own_cache.write_text("a file where a folder is needed")
    lines: list[str] = []
    found = load_folder(pictures_in.root, say=lines.append)
    assert len(found.training_file) == 15
    assert "so pictures are decoded each time" in lines[0]
    with pytest.raises(FileError, match="cannot be written"):
        load_folder(pictures_in.root, cache=own_cache)


def test_a_folder_that_cannot_be_written_is_read_all_the_same(pictures_in: Any, load: Any) -> None:
    root = pictures_in.classes(3)
    folders = [root, *(path for path in root.iterdir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert len(load().training_file) == 15
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_caches_that_nobody_uses_are_forgotten(pictures_in: Any, load: Any, tmp_path: Path) -> None:
    pictures_in.classes(3)
    load()
    (old,) = (tmp_path / "cache").iterdir()
    pictures_in.save("hat/more.png", 2, 5)
    load()
    assert old.exists()
    os.utime(old, (0, 0))
    pictures_in.save("hat/more still.png", 2, 6)
    load()
    assert not old.exists()


def test_a_negative_wish_is_refused(load: Any) -> None:
    with pytest.raises(SettingError, match="must not be negative"):
        load(n_validation=-1)
