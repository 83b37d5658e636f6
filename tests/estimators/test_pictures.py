from __future__ import annotations

import numpy as np
import pytest

from homespun.estimators.pictures import as_images, in_shape_of, rows_of

PICTURES = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)


@pytest.mark.parametrize("pictures", [PICTURES, PICTURES.tolist()], ids=["array", "list"])
def test_pictures_become_rows_and_pictures_again(pictures):
    rows, shape = rows_of(pictures)
    assert rows.shape == (2, 36)
    assert shape == (3, 4, 3)
    np.testing.assert_array_equal(as_images(rows, shape), PICTURES)


def test_grey_pictures_have_one_channel():
    assert rows_of(PICTURES[..., 0])[1] == (3, 4, 1)


@pytest.mark.parametrize(
    "X", [PICTURES[0, 0], [[1, 2], [3, 4]], [], "text", None, PICTURES[0, 0, 0]]
)
def test_all_else_is_left_to_scikit_learn(X):
    rows, shape = rows_of(X)
    assert rows is X
    assert shape is None


def test_rows_may_be_called_pictures():
    assert in_shape_of(36, (3, 4, 3), None, "X") == (3, 4, 3)
    assert in_shape_of(12, [3, 4], None, "X") == (3, 4, 1)
    assert in_shape_of(36, (3, 4, 3), (3, 4, 3), "X") == (3, 4, 3)
    assert in_shape_of(36, None, (3, 4, 3), "X") == (3, 4, 3)
    assert in_shape_of(36, None, None, "X") == (1, 1, 36)
