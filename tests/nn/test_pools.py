import numpy as np
import pytest

from homespun.errors import SettingError, ShapeError
from homespun.nn import AvgPool2D, GlobalAvgPool, GlobalMaxPool, MaxPool2D

X = np.array([[1, 5, 2], [3, 4, 9], [7, 7, 7]], float).reshape(1, 3, 3, 1)


def run(layer, x=X):
    return layer.forward({}, x, train=True, rng=np.random.default_rng(0))


def test_max_pool_by_hand():
    y, backward = run(MaxPool2D())
    assert y.ravel().tolist() == [5], "the last row and column fill no tile"
    dx = backward(np.full((1, 1, 1, 1), 2.0), {})
    assert dx[0, :, :, 0].tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 0]]


def test_among_equals_the_first_gets_the_gradient():
    _, backward = run(MaxPool2D(), np.ones((1, 2, 2, 1)))
    assert backward(np.ones((1, 1, 1, 1)), {}).ravel().tolist() == [1, 0, 0, 0]
    _, backward = run(GlobalMaxPool(), np.ones((1, 2, 2, 1)))
    assert backward(np.ones((1, 1)), {}).ravel().tolist() == [1, 0, 0, 0]


def test_avg_pool_by_hand():
    y, backward = run(AvgPool2D())
    assert y.ravel().tolist() == [13 / 4]
    dx = backward(np.full((1, 1, 1, 1), 4.0), {})
    assert dx[0, :, :, 0].tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_global_pools_by_hand():
    y, backward = run(GlobalAvgPool())
    assert y.tolist() == [[5]]
    assert (backward(np.full((1, 1), 9.0), {}) == 1).all()
    y, backward = run(GlobalMaxPool())
    assert y.tolist() == [[9]]
    assert np.argwhere(backward(np.ones((1, 1)), {})).tolist() == [[0, 1, 2, 0]]


def test_what_cannot_be_pooled_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ShapeError, match="at least 2 high and wide"):
        MaxPool2D().init(rng, (1, 5, 3))
    with pytest.raises(ShapeError, match="expected"):
        AvgPool2D().init(rng, (5,))
    with pytest.raises(SettingError, match="at least 1"):
        MaxPool2D(0)
