from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_info, threadpool_limits

from homespun.article.measured import FULL, QUICK, Plan, embed, measure
from homespun.data import Dataset


def test_a_full_replay_is_the_articles() -> None:
    assert Plan(n_images=None, epochs=300, map_threads=None, run_threads=2) == FULL
    assert QUICK.n_images is not None
    assert QUICK.n_images < 60_000


def test_the_map_puts_what_looks_alike_near_each_other(pictures: Dataset) -> None:
    with threadpool_limits(1):
        places = embed(pictures.take(slice(200)))
    assert places.shape == (200, 2)
    neighbours = KNeighborsClassifier(5).fit(places, pictures.labels[:200])
    assert neighbours.score(places, pictures.labels[:200]) > 0.9


def test_a_plan_says_how_much_is_done(pictures: Dataset) -> None:
    lines: list[str] = []
    told: list[tuple[str, int, int, float]] = []
    threads: set[int] = set()

    def note(*call: Any) -> None:
        told.append(call)
        threads.update(i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas")

    measured = measure(
        pictures,
        Plan(n_images=200, epochs=2, map_threads=1, run_threads=1),
        official=None,
        say=lines.append,
        progress=note,
        clock=itertools.count().__next__,
    )
    assert len(measured.split.train) + len(measured.split.test) == 200
    assert measured.places.shape == (40, 2)
    assert [call[:3] for call in told] == [
        (part, epoch, 2) for part in ("run1", "run2", "mended") for epoch in (1, 2)
    ]
    # The clock moves by one whenever it is read; a training reads it twice within its part.
    assert measured.seconds == {"xor": 1, "tsne": 1, "run1": 3, "run2": 3, "mended": 3}
    assert threads == {1}
    assert len(lines) == 5
    assert measured.run1.errors != measured.run2.errors
    assert measured.xor_printed.at(20_000)[1] > 0.9 > 0.1 > measured.xor_mended.at(20_000)[1]
    assert np.isfinite(measured.mended.probabilities).all()
