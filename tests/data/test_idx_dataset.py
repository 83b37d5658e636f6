from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from homespun.data.idx import encode_idx
from homespun.data.idx_dataset import read_idx_dataset, read_idx_images
from homespun.errors import DataError

PICTURES = np.arange(24, dtype=np.uint8).reshape(3, 2, 4)
LABELS = np.array([1, 0, 1], dtype=np.uint8)


def write(path: Path, values: np.ndarray) -> Path:
    path.write_bytes(encode_idx(values))
    return path


def test_pictures_meet_their_labels(tmp_path: Path) -> None:
    dataset = read_idx_dataset(
        write(tmp_path / "pictures", PICTURES), write(tmp_path / "labels", LABELS), ["shoe", "bag"]
    )
    assert dataset.class_names == ("shoe", "bag")
    np.testing.assert_array_equal(dataset.images, PICTURES.reshape(3, 2, 4, 1), strict=True)
    np.testing.assert_array_equal(dataset.labels, np.array([1, 0, 1]), strict=True)


def test_coloured_pictures_keep_their_channels(tmp_path: Path) -> None:
    coloured = PICTURES.reshape(2, 2, 2, 3)
    np.testing.assert_array_equal(read_idx_images(write(tmp_path / "x", coloured)), coloured)


@pytest.mark.parametrize(
    ("pictures", "labels", "culprit", "offset", "words"),
    [
        pytest.param(PICTURES, LABELS[:2], "labels", 4, "each of the 3 pictures", id="too few"),
        pytest.param(PICTURES, LABELS + 1, "labels", 8, "from 0 to 1, got 2", id="nameless"),
        pytest.param(PICTURES, PICTURES, "labels", 3, "are these pictures", id="two of pictures"),
        pytest.param(LABELS, LABELS, "pictures", 3, "are these labels", id="two of labels"),
    ],
)
def test_files_that_do_not_belong_together(
    tmp_path: Path,
    pictures: np.ndarray,
    labels: np.ndarray,
    culprit: str,
    offset: int,
    words: str,
) -> None:
    images_path = write(tmp_path / "pictures", pictures)
    labels_path = write(tmp_path / "labels", labels)
    with pytest.raises(DataError, match=words) as caught:
        read_idx_dataset(images_path, labels_path, ["shoe", "bag"])
    assert caught.value.path.name == culprit
    assert caught.value.offset == offset


def test_the_first_nameless_label_is_the_one_that_is_named(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels", np.array([1, 0, 9], dtype=np.uint8))
    with pytest.raises(DataError, match="got 9") as caught:
        read_idx_dataset(write(tmp_path / "pictures", PICTURES), labels, ["shoe", "bag"])
    assert caught.value.offset == 10
