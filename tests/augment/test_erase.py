import numpy as np
import pytest

from homespun.augment import Cut, Erase, erase

IMAGES = np.full((2, 4, 5, 1), 9, np.uint8)


def test_erase_fills_the_rectangle_and_nothing_else():
    boxes = np.array([[1, 2, 3, 5], [2, 2, 2, 4]])
    erased = erase(IMAGES, boxes, np.uint8(0))
    expected = IMAGES.copy()
    expected[0, 1:3, 2:5] = 0
    np.testing.assert_array_equal(erased, expected)


def test_what_is_filled_in_is_what_stands_there_in_the_fill():
    fill = np.arange(40, dtype=np.uint8).reshape(IMAGES.shape)
    erased = erase(IMAGES, np.array([[0, 0, 4, 5], [0, 0, 1, 1]]), fill)
    np.testing.assert_array_equal(erased[0], fill[0])
    assert erased[1, 0, 0, 0] == fill[1, 0, 0, 0]
    assert (erased[1].reshape(-1)[1:] == 9).all()


@pytest.mark.parametrize(("chance", "least", "most"), [(0.0, 0.1, 0.2), (0.25, 0.1, 0.2)])
def test_share_and_size_of_what_is_erased(chance, least, most):
    images = np.zeros((4000, 40, 40, 1), np.uint8)
    erased = Erase(chance, least, most)(images, np.random.default_rng(0))
    # a 256th of the noise is 0 and looks untouched
    area = (erased > 0).mean(axis=(1, 2, 3)) * 256 / 255
    hit = area > 0
    assert abs(hit.mean() - chance) < 0.03
    if hit.any():
        assert 0.9 * least < area[hit].min()
        assert area[hit].max() < 1.1 * most


def test_rectangles_lie_everywhere():
    images = np.zeros((4000, 10, 10, 1), np.uint8)
    erased = Erase(1.0)(images, np.random.default_rng(0)) > 0
    assert (erased.mean(axis=0) > 0.005).all()


def test_cut_blackens():
    images = np.full((4000, 20, 20, 1), 9, np.uint8)
    cut = Cut(chance=0.3, most=0.1)(images, np.random.default_rng(0))
    assert set(np.unique(cut)) == {0, 9}
    area = (cut == 0).mean(axis=(1, 2, 3))
    assert 0.25 < (area > 0).mean() < 0.33
    assert 0.09 < area.max() < 0.13
