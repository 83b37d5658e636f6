"""Sharing within a host, with threads in the place of its processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.data.stored_images import store_images
from homespun.errors import FileError
from homespun.mpi.host import share


class Comm:
    """What `share` needs of a communicator, for threads."""

    told: Any = None

    def __init__(self, rank: int, size: int, barrier: threading.Barrier, first: Any) -> None:
        self.rank, self.size = rank, size
        self._barrier, self._first = barrier, first or self

    def bcast(self, value: Any) -> Any:
        if self.rank == 0:
            self.told = value
        self._barrier.wait()
        return self._first.told


def shared(n: int, make: Callable[[], Any]) -> list[Any]:
    """Return what each of `n` threads gets."""
    barrier = threading.Barrier(n)
    comms = [Comm(0, n, barrier, None)]
    comms += [Comm(rank, n, barrier, comms[0]) for rank in range(1, n)]
    with ThreadPoolExecutor(n) as pool:
        futures = [pool.submit(share, make, comm, barrier.wait) for comm in comms]
        return [future.result(60) for future in futures]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "a place"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def dataset() -> Dataset:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (7, 5, 3, 1), dtype=np.uint8)
    return Dataset(images, np.arange(7) % 2, ("a", "b"), about={"from": "here"})


def test_all_get_the_same_and_one_makes_it(temporary: Path) -> None:
    made = []
    parts = shared(3, lambda: made.append(1) or [dataset(), {"n": 3}])
    assert len(made) == 1
    for data, rest in parts:
        assert np.array_equal(data.images, dataset().images)
        assert data.labels.tolist() == dataset().labels.tolist()
        assert (data.class_names, data.about, rest) == (("a", "b"), {"from": "here"}, {"n": 3})
    assert list(temporary.iterdir()) == [], "the file has no name any more"


def test_arrays_are_mapped_and_no_copies(temporary: Path) -> None:
    for data, _ in shared(2, lambda: [dataset(), None]):
        assert not data.images.flags.owndata
        assert not data.images.flags.writeable
        assert data.labels.ctypes.data % 64 == 0


def test_stored_pictures_stay_where_they_are(tmp_path: Path) -> None:
    stored = store_images(tmp_path / "pictures.npy", dataset().images.shape, [dataset().images])
    for images in shared(2, lambda: stored.choose(np.array([6, 1]))):
        assert images.path == tmp_path / "pictures.npy"
        assert np.array_equal(images[:], dataset().images[[6, 1]])


def test_what_holds_no_arrays_needs_no_room() -> None:
    assert shared(2, lambda: "a word") == ["a word", "a word"]
    assert shared(2, lambda: np.empty((0, 4)))[1].shape == (0, 4)


def test_one_process_keeps_what_it_made() -> None:
    value = object()
    assert shared(1, lambda: value) == [value]


def test_a_full_disk_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    comm = Comm(0, 2, threading.Barrier(1), None)
    with pytest.raises(FileError, match=r"/nowhere: cannot hold .* TMPDIR"):
        share(dataset, comm, lambda: None)
