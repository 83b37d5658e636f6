from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from homespun.data import Dataset, store_images, stored_dataset
from homespun.errors import ShapeError

IMAGES = np.arange(24, dtype=np.uint8).reshape(4, 2, 3, 1)
LABELS = np.array([0, 1, 1, 0])
NAMES = ("shoe", "bag")
MANY = np.array([[0, 1], [1, 1], [0, 0], [1, 0]])


def test_a_dataset_knows_its_sizes() -> None:
    dataset = Dataset(IMAGES, LABELS, NAMES)
    assert len(dataset) == 4
    assert dataset.n_classes == 2


@pytest.mark.parametrize("chosen", [np.array([3, 1]), slice(3, 0, -2)], ids=["array", "slice"])
def test_taking_keeps_pictures_and_labels_together(chosen: np.ndarray | slice) -> None:
    part = Dataset(IMAGES, LABELS, NAMES).take(chosen)
    np.testing.assert_array_equal(part.images[:, 0, 0, 0], [18, 6])
    np.testing.assert_array_equal(part.labels, [0, 1])
    assert part.class_names == NAMES


def test_a_dataset_may_be_empty() -> None:
    assert len(Dataset(IMAGES, LABELS, NAMES).take(slice(0))) == 0


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        pytest.param(IMAGES[..., 0], LABELS, "uint8 or float images", id="no channel"),
        pytest.param(IMAGES.astype(int), LABELS, "got int64", id="whole numbers"),
        pytest.param(IMAGES, LABELS[:3], "each of 4 images", id="too few labels"),
        pytest.param(IMAGES, LABELS[:, np.newaxis], "each of 4 images", id="two dimensions"),
        pytest.param(IMAGES, LABELS / 1, "whole-number labels", id="labels of floats"),
        pytest.param(IMAGES, LABELS + 1, "got 1 to 2", id="label too large"),
        pytest.param(IMAGES, LABELS - 1, "got -1 to 0", id="label too small"),
        pytest.param(IMAGES, MANY + 1, "between 0 and 1", id="neither zero nor one"),
        pytest.param(IMAGES, MANY[:, [0, 0, 0]], "a row of 2", id="another number of classes"),
    ],
)
def test_what_does_not_fit_is_refused(images: np.ndarray, labels: np.ndarray, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        Dataset(images, labels, NAMES)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_pictures_keep_their_type(dtype: type) -> None:
    part = Dataset(IMAGES.astype(dtype), LABELS, NAMES).take([2])
    assert part.images.dtype == dtype


def test_a_picture_may_belong_to_any_number_of_classes() -> None:
    part = Dataset(IMAGES, MANY, NAMES).take([1, 2])
    np.testing.assert_array_equal(part.labels, [[1, 1], [0, 0]])
    assert part.n_classes == 2


def test_pictures_on_the_disk_are_brought_into_memory(tmp_path: Path) -> None:
    images = np.arange(24, dtype=np.uint8).reshape(4, 2, 3, 1)
    stored = store_images(tmp_path / "pictures.npy", images.shape, [images])
    on_disk = stored_dataset(stored, np.arange(4) % 2, ("a", "b"))
    in_memory = on_disk.take([3, 1]).in_memory()
    assert isinstance(in_memory.images, np.ndarray)
    np.testing.assert_array_equal(in_memory.images, images[[3, 1]])
    assert in_memory.labels.tolist() == [1, 1]
    assert in_memory.in_memory() is in_memory


def test_a_choice_of_samples_is_another_data_set() -> None:
    images = np.zeros((4, 2, 2, 1), np.uint8)
    whole = Dataset(images, np.arange(4) % 2, ("a", "b"), np.array([3]), {"source": "folder"})
    part = whole.take([0, 1])
    assert (part.held_out, part.about) == (None, {})
