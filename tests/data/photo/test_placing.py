from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Preparation
from homespun.data.photo.placing import bounding_box, placed, to_side

CUT = Preparation()
PLAIN = Preparation.plain()
WIDE = np.full((4, 8, 1), 100, np.float32)


def test_a_cut_out_object_fits_in_and_lies_in_the_middle_of_its_ground() -> None:
    frame = placed(WIDE, (16, 16, 1), CUT, 5.0)
    np.testing.assert_allclose(frame[4:12], 100, atol=1e-3)
    np.testing.assert_allclose(frame[:4], 5)
    np.testing.assert_allclose(frame[12:], 5)


def test_the_edges_of_a_plain_picture_are_drawn_out() -> None:
    picture = WIDE * np.array([1, 2, 2, 0.5])[:, np.newaxis, np.newaxis]
    frame = placed(picture, (8, 8, 1), PLAIN, 0.0)
    np.testing.assert_allclose(frame[:2], 100, atol=1e-3)
    np.testing.assert_allclose(frame[6:], 50, atol=1e-3)


def test_filling_takes_the_middle() -> None:
    picture = np.zeros((2, 6, 3), np.float32)
    picture[:, 2:4] = 80
    frame = placed(picture, (2, 2, 3), Preparation.plain(fill=True), 0.0)
    np.testing.assert_allclose(frame, 80, atol=1e-3)


@pytest.mark.parametrize("preparation", [CUT, PLAIN, Preparation.plain(fill=True)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (13, 17)])
@pytest.mark.parametrize("in_shape", [(28, 28, 1), (5, 40, 3), (1, 1, 1)])
def test_every_shape_comes_out_as_asked(
    preparation: Preparation, shape: tuple[int, int], in_shape: tuple[int, int, int]
) -> None:
    picture = np.full((*shape, in_shape[2]), 9, np.float32)
    frame = placed(picture, in_shape, preparation, 9.0)
    np.testing.assert_allclose(frame, np.full(in_shape, 9), atol=1e-3)


def test_the_box_is_tight() -> None:
    mask = np.zeros((10, 12), np.float32)
    mask[3:7, 2:11] = 0.9
    mask[0, 0] = 0.4
    assert bounding_box(mask) == (3, 7, 2, 11)
    assert bounding_box(np.zeros((10, 12), np.float32)) == (0, 10, 0, 12)


def test_pictures_get_a_longer_side() -> None:
    picture = np.zeros((50, 200, 3), np.uint8)
    assert to_side(picture, 100, enlarge=False).shape == (25, 100, 3)
    assert to_side(picture, 400, enlarge=False) is picture
    assert to_side(picture, 400, enlarge=True).shape == (100, 400, 3)
