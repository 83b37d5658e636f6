from __future__ import annotations

import numpy as np

from homespun.runs.suspects import Suspect, suspects


def test_only_sure_contradictions_are_suspect_the_clearest_first() -> None:
    p = np.array(
        [
            [0.8, 0.2],
            [0.6, 0.4],
            [0.1, 0.9],
            [0.3, 0.7],
            [0.9, 0.1],  # labelled 1: far beyond what class 0 usually gets
            [0.7, 0.3],  # labelled 1: as much as class 0 usually gets
            [0.55, 0.45],  # labelled 1: less than that
        ]
    )
    labels = np.array([0, 0, 1, 1, 1, 1, 1])
    assert suspects(p, labels) == [Suspect(4, 1, 0, 0.1, 0.9), Suspect(5, 1, 0, 0.3, 0.7)]


def test_a_class_without_pictures_makes_nothing_suspect() -> None:
    assert suspects(np.array([[0.1, 0.9]]), np.array([0])) == []


def test_swapped_labels_are_found_again() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, 1000)
    p = np.full((1000, 5), 0.05)
    p[np.arange(1000), truth] = 0.8
    labels = truth.copy()
    labels[:20] = (truth[:20] + 1) % 5
    assert sorted(one.index for one in suspects(p, labels)) == list(range(20))
