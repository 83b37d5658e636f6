from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from homespun.data.photo.cutting import find_object, otsu

RNG = np.random.default_rng(6)
Y, X = np.mgrid[:96, :72]
DISC = (Y - 50) ** 2 + (X - 34) ** 2 < 22**2
CUT_OFF = (Y < 60) & (abs(X - 36) < 16)
RING = DISC & ((Y - 50) ** 2 + (X - 34) ** 2 > 11**2)
GROUNDS = {
    "white": np.full((96, 72, 3), 252.0),
    "dark": np.full((96, 72, 3), (20.0, 24, 30)),
    "coloured": np.full((96, 72, 3), (220.0, 120, 60)),
    "shaded": np.full((96, 72, 3), 240.0) * np.linspace(1, 0.65, 72)[:, np.newaxis],
    "boards": np.full((96, 72, 3), (170.0, 120, 80)) * (1 - 0.25 * (Y % 16 < 2))[..., np.newaxis],
}


def photo(where: np.ndarray, ground: np.ndarray) -> np.ndarray:
    colours = np.where(where[..., np.newaxis], (60.0, 90, 160), ground)
    return np.clip(colours + RNG.normal(0, 3, colours.shape), 0, 255).astype(np.uint8)


def overlap(mask: np.ndarray, where: np.ndarray) -> float:
    found = mask > 0.5
    return float((found & where).sum() / (found | where).sum())


CASES = {
    **{f"disc on {ground}": (DISC, ground) for ground in GROUNDS},
    **{f"cut off by a side, {ground}": (CUT_OFF, ground) for ground in GROUNDS},
    "ring on white": (RING, "white"),
    "ring on one colour": (RING, "coloured"),
}


@pytest.mark.parametrize(("where", "ground"), CASES.values(), ids=CASES)
def test_the_object_is_found(where: np.ndarray, ground: str) -> None:
    picture = photo(where, GROUNDS[ground])
    mask = find_object(picture)
    assert mask.shape == where.shape
    assert 0 <= mask.min() <= mask.max() <= 1
    assert overlap(mask, where) > 0.93
    np.testing.assert_array_equal(find_object(picture), mask)


def test_straps_belong_to_the_object() -> None:
    away = np.hypot(Y - 40, X - 36)
    strap = (abs(away - 22) < 1) & (Y < 42)
    bag = (abs(Y - 60) < 20) & (abs(X - 36) < 22)
    mask = find_object(photo(bag | strap, GROUNDS["coloured"])) > 0.5
    assert mask[strap].mean() > 0.9
    assert overlap(mask, bag | strap) > 0.85  # its edge is soft, and the strap all edge


def test_an_object_that_leaves_no_more_than_corners_is_found_all_the_same() -> None:
    corners = (abs(Y - 48) > 33) & (abs(X - 36) > 22)
    assert overlap(find_object(photo(~corners, GROUNDS["coloured"])), ~corners) > 0.9


def test_specks_beside_the_object_are_left_out_and_pairs_are_not() -> None:
    speck = (Y < 8) & (X > 64)
    assert overlap(find_object(photo(DISC | speck, GROUNDS["white"])), DISC) > 0.93
    pair = (abs(Y - 48) < 20) & (abs(abs(X - 36) - 14) < 9)
    assert overlap(find_object(photo(pair, GROUNDS["white"])), pair) > 0.93


@pytest.mark.parametrize("shape", [(1, 1), (1, 120), (120, 1), (3, 2), (40, 40)])
def test_where_nothing_stands_out_all_is_the_object(shape: tuple[int, int]) -> None:
    mask: Any = find_object(np.full((*shape, 3), 200, np.uint8))
    np.testing.assert_array_equal(mask, np.ones(shape))


def test_the_threshold_parts_two_heaps() -> None:
    heaps = np.concatenate([RNG.normal(2, 0.3, 400), RNG.normal(8, 0.5, 200)])
    assert heaps[:400].max() - 0.1 < otsu(heaps) < heaps[400:].min()
    assert otsu(np.zeros(5)) == pytest.approx(0, abs=1)
