from __future__ import annotations

import threading

import numpy as np
import pytest

from homespun.data import Scaling
from homespun.errors import SettingError
from homespun.nn import Chain, Dense, Flatten, Parameters
from homespun.training import Workers, available_threads, predict_logits, workers_for

NETWORK = Chain(Flatten(), Dense(3))


def logits_of(n_samples: int, workers: Workers) -> np.ndarray:
    params = Parameters(NETWORK.init(np.random.default_rng(0), (2, 2, 1))[0])
    images = np.random.default_rng(1).integers(0, 256, (n_samples, 2, 2, 1), dtype=np.uint8)
    return predict_logits(NETWORK, params.views, Scaling((100.0,), (50.0,)), images, workers)


def test_a_few_pictures_start_no_thread() -> None:
    before = threading.active_count()
    with workers_for(1, threads=4) as workers:
        assert threading.active_count() == before
        assert logits_of(1, workers).shape == (1, 3)


def test_many_pictures_get_the_threads_that_were_asked_for() -> None:
    assert workers_for(10_000, threads=3).n == 3
    assert workers_for(10_000).n == available_threads()


def test_there_are_no_more_workers_than_shards() -> None:
    """200 pictures are two shards, 201 are three."""
    assert workers_for(200, threads=8).n == 2
    assert workers_for(201, threads=8).n == 3


@pytest.mark.parametrize("threads", [0, -1])
def test_no_threads_at_all_are_refused(threads: int) -> None:
    with pytest.raises(SettingError, match="at least 1"):
        workers_for(1, threads)


def test_a_single_shard_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with Workers(3) as workers:
        assert logits_of(101, workers).shape == (101, 3)
        monkeypatch.setattr(workers, "run", None)  # calling it would fail
        assert logits_of(100, workers).shape == (100, 3)
