from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset, Scaling, StoredImages, split, store_images, stored_dataset
from homespun.errors import DataError, FileError, ShapeError
from homespun.nn import Chain, Dense, Flatten
from homespun.optim import AdamW, Constant
from homespun.training import Plan, train

PICTURES = np.random.default_rng(0).integers(0, 256, (40, 5, 4, 3), dtype=np.uint8)
LABELS = np.arange(40) % 2
NAMES = ("a", "b")


@pytest.fixture
def stored(tmp_path: Path) -> StoredImages:
    return store_images(tmp_path / "pictures.npy", PICTURES.shape, np.array_split(PICTURES, 3))


def test_numpy_reads_the_file(stored: StoredImages) -> None:
    np.testing.assert_array_equal(np.load(stored.path, allow_pickle=False), PICTURES)
    assert os.listdir(stored.path.parent) == ["pictures.npy"]


def test_the_file_of_numpy_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "theirs.npy", PICTURES)
    np.testing.assert_array_equal(StoredImages(tmp_path / "theirs.npy"), PICTURES)


@pytest.mark.parametrize(
    "index", [0, -1, slice(3, 9), slice(None, None, -2), [5, 1, 5], np.arange(40) > 30], ids=repr
)
def test_it_is_read_as_an_array_is(stored: StoredImages, index: Any) -> None:
    np.testing.assert_array_equal(stored[index], PICTURES[index])
    assert stored[index].flags.owndata
    chosen = np.arange(39, -1, -1)
    np.testing.assert_array_equal(stored.choose(chosen)[index], PICTURES[chosen][index])
    assert (stored.shape, stored.size, len(stored)) == (PICTURES.shape, PICTURES.size, 40)
    np.testing.assert_array_equal(stored.take(chosen, axis=0), PICTURES.take(chosen, axis=0))
    with pytest.raises(ShapeError, match="axis 0"):
        stored.take(chosen, axis=1)


def test_a_choice_of_a_choice(stored: StoredImages) -> None:
    twice = stored.choose(np.arange(10, 30)).choose(slice(2, 5)).choose([2, 0])
    assert (twice.shape, twice.ndim, twice.dtype) == ((2, 5, 4, 3), 4, np.uint8)
    np.testing.assert_array_equal(twice, PICTURES[[14, 12]])


def test_training_does_not_know_the_difference(stored: StoredImages) -> None:
    plan = Plan(Chain(Flatten(), Dense(2)), AdamW(), Constant(0.01), epochs=2, batch_size=8)
    in_memory = Dataset(PICTURES, LABELS, NAMES)
    on_disk = stored_dataset(stored, LABELS, NAMES)
    assert Scaling.fit(on_disk.images) == Scaling.fit(PICTURES)
    results = [train(plan, *split(data, 10, seed=1)) for data in (in_memory, on_disk)]
    kept, _ = split(on_disk, 10, seed=1)
    assert isinstance(kept.images, StoredImages), "a part is a choice, not a copy"
    assert results[0].parameters.weight_hash() == results[1].parameters.weight_hash()
    assert results[0].history == results[1].history


@pytest.mark.parametrize(
    "blocks",
    [[PICTURES[:39]], [PICTURES, PICTURES[:1]], [PICTURES[:, :4]], [PICTURES.astype(np.float32)]],
    ids=["few", "many", "small", "float"],
)
def test_blocks_that_do_not_fit_leave_no_file(tmp_path: Path, blocks: list[Any]) -> None:
    with pytest.raises(ShapeError, match="store_images: expected"):
        store_images(tmp_path / "pictures.npy", PICTURES.shape, blocks)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "values",
    [PICTURES.astype(np.int16), PICTURES[0], np.asfortranarray(PICTURES), PICTURES[:0],
     np.array([{}], dtype=object)],
    ids=["int16", "three", "fortran", "none", "objects"],
)  # fmt: skip
def test_other_arrays_are_refused(tmp_path: Path, values: Any) -> None:
    np.save(tmp_path / "other.npy", values, allow_pickle=True)
    with pytest.raises(DataError, match=r"no \.npy file of uint8 pictures"):
        StoredImages(tmp_path / "other.npy")


def test_a_file_that_is_not_whole_is_refused(stored: StoredImages) -> None:
    content = stored.path.read_bytes()
    for cut in (content[:-1], content + b"\0"):
        stored.path.write_bytes(cut)
        with pytest.raises(DataError, match="the file is not whole"):
            StoredImages(stored.path)
    for cut in (b"", content[:5], content[:40], b"PK" + content[2:]):
        stored.path.write_bytes(cut)
        with pytest.raises(DataError, match=r"no \.npy file"):
            StoredImages(stored.path)
    with pytest.raises(FileError, match="cannot be read"):
        StoredImages(stored.path.parent / "missing.npy")
