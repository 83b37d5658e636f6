from __future__ import annotations

import numpy as np
import pytest

from homespun.data.photo.smoothing import Neighbours

RNG = np.random.default_rng(3)


def test_the_field_solves_the_equations_written_out_one_by_one() -> None:
    lab = RNG.uniform(0, 40, (4, 5, 3)).astype(np.float32)
    wish = RNG.uniform(0, 1, (4, 5))
    strength = RNG.uniform(0.1, 1, (4, 5))
    field = Neighbours(lab, hold=6.0).smoothed(wish, strength, rounds=200)
    places = [(y, x) for y in range(4) for x in range(5)]
    pairs = [
        (a, b, 1.0 if a[0] == b[0] or a[1] == b[1] else 0.7)
        for i, a in enumerate(places)
        for b in places[:i]
        if abs(a[0] - b[0]) <= 1 and abs(a[1] - b[1]) <= 1
    ]
    steps = [float(((lab[a] - lab[b]) ** 2).sum()) for a, b, _ in pairs]
    system = np.diag(strength.ravel())
    for (a, b, share), step in zip(pairs, steps, strict=True):
        weight = 6.0 * share * (np.exp(-step / (2 * np.mean(steps))) + 0.02)
        i, j = places.index(a), places.index(b)
        system[[i, j], [i, j]] += weight
        system[[i, j], [j, i]] -= weight
    expected = np.linalg.solve(system, (strength * wish).ravel()).reshape(4, 5)
    np.testing.assert_allclose(field, expected, atol=1e-4)


def test_a_doubtful_pixel_follows_its_own_side_of_an_edge() -> None:
    lab = np.zeros((8, 8, 3), np.float32)
    lab[:, 4:] = 60
    wish = np.where(np.arange(8) < 4, 0.0, 1.0) * np.ones((8, 1))
    strength = np.ones((8, 8))
    wish[3, 2], strength[3, 2] = 1.0, 0.01
    field = Neighbours(lab, hold=6.0).smoothed(wish, strength)
    assert field[3, 2] < 0.1
    assert field[:, :4].max() < 0.3 < 0.7 < field[:, 4:].min()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1)])
def test_pictures_of_one_row_or_column(shape: tuple[int, int]) -> None:
    wish = np.full(shape, 0.3)
    field = Neighbours(np.zeros((*shape, 3), np.float32), 6.0).smoothed(wish, np.ones(shape))
    np.testing.assert_allclose(field, wish, atol=1e-5)
