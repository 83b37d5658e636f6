"""Which way a correlation goes, and that it comes to the same."""

import numpy as np
import pytest

from homespun.nn import correlation, windows, winograd

ONE = (1, 1)


@pytest.mark.parametrize(
    ("shape", "kernel", "stride", "padding", "is_fast"),
    [
        ((2, 7, 7, 8), (3, 3), ONE, ONE, True),
        ((2, 3, 11, 3), (3, 3), ONE, ONE, True),
        ((1, 3, 10, 3), (3, 3), ONE, ONE, False),
        ((9, 20, 9, 2), (3, 3), ONE, ONE, False),
        ((4, 2, 9, 8), (3, 3), ONE, ONE, False),
        ((2, 7, 7, 8), (3, 3), (2, 1), ONE, False),
        ((2, 7, 7, 8), (3, 3), ONE, (1, 0), False),
        ((2, 7, 7, 8), (5, 3), ONE, ONE, False),
    ],
)
def test_the_usual_window_goes_the_fast_way_where_it_pays_and_all_give_the_same(
    shape, kernel, stride, padding, is_fast, monkeypatch
):
    monkeypatch.setattr(correlation, "_LITTLE", 66 * 81)  # two pictures of 3 x 11, 3 channels
    rng = np.random.default_rng(0)
    x, W = rng.standard_normal(shape), rng.standard_normal((*kernel, shape[3], shape[3]))
    y = windows.correlate(x, W, stride, padding)
    dy = rng.standard_normal(y.shape)
    dW = windows.kernel_gradient(x, dy, kernel, stride, padding)
    dx = windows.scatter_back(dy, W, shape, stride, padding)

    went = []
    for name in ("correlate", "kernel_gradient"):
        way = getattr(winograd, name)
        monkeypatch.setattr(winograd, name, lambda *a, way=way: (went.append(way), way(*a))[1])
    found = correlation.correlate(x, W, stride, padding)
    np.testing.assert_allclose(found, y, atol=1e-11)
    found = correlation.kernel_gradient(x, dy, kernel, stride, padding)
    np.testing.assert_allclose(found, dW, atol=1e-11)
    found = correlation.correlate_back(dy, W, shape, stride, padding)
    np.testing.assert_allclose(found, dx, atol=1e-11)
    assert len(went) == (3 if is_fast else 0)
