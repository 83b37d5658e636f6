from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Preparation, load_labelled, prepare, read_photo
from homespun.errors import DataError, SettingError

NAMES = ("hat", "coat", "shoe")


def load(tree: Any, tmp_path: Path, **others: Any) -> Any:
    arguments = {"class_names": NAMES, "in_shape": (12, 12, 1), "cache": tmp_path / "cache"}
    return load_labelled(tree.root, **(arguments | others))


def test_labels_are_the_models(pictures_in: Any, tmp_path: Path) -> None:
    root = pictures_in.classes(3, ("coat", "hat"))
    found = load(pictures_in, tmp_path)
    assert found.dataset.labels.tolist() == [1, 1, 1, 0, 0, 0]
    assert (found.dataset.class_names, found.part) == (NAMES, "whole folder")
    for preparation in (Preparation.plain(), Preparation()):
        one = load(pictures_in, tmp_path, preparation=preparation).dataset.images[0]
        photo = read_photo(root / "coat" / "000.jpg")
        np.testing.assert_array_equal(one, prepare(photo, (12, 12, 1), preparation).pixels)


def test_the_test_part_alone_where_there_is_one(pictures_in: Any, tmp_path: Path) -> None:
    pictures_in.classes(3, ("coat", "hat"), "train/")
    pictures_in.save("test/hat/1.png", 1, 40)
    found = load(pictures_in, tmp_path)
    assert (found.dataset.labels.tolist(), found.part) == ([0], "test part")


def test_pictures_that_the_model_was_made_with_are_left_out(
    pictures_in: Any, tmp_path: Path
) -> None:
    root = pictures_in.classes(2, ("coat", "hat"))
    files = sorted(root.glob("*/*"))
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    found = load(pictures_in, tmp_path, known={digests[0]})
    assert (len(found.dataset), found.n_known) == (3, 1)
    with pytest.raises(DataError, match="no picture that the model was not made with"):
        load(pictures_in, tmp_path, known=set(digests))


def test_what_does_not_fit_the_model_is_one_line(pictures_in: Any, tmp_path: Path) -> None:
    pictures_in.classes(2, ("coat", "sock"))
    with pytest.raises(DataError, match=r"class sock is none that the model knows \(hat, coat, sh"):
        load(pictures_in, tmp_path)
    with pytest.raises(SettingError, match="12 x 10; folders are read for squares alone"):
        load(pictures_in, tmp_path, in_shape=(10, 12, 1))
