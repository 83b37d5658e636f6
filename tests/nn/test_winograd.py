"""Half of the products, and the same result: against the readable form in `windows.py`."""

import numpy as np
import pytest

from homespun.nn import windows, winograd

ONE = (1, 1)
SHAPES = [
    # batch, height, width, n_in, n_out
    (2, 1, 1, 1, 1),
    (1, 2, 5, 3, 2),
    (3, 3, 2, 4, 5),
    (2, 4, 4, 2, 3),
    (1, 5, 1, 3, 3),
    (2, 6, 7, 1, 4),
    (5, 7, 7, 6, 8),
    (2, 8, 3, 3, 1),
    (2, 14, 14, 5, 4),
]


def drawn(shape, dtype=np.float64):
    """Return pictures, weights and a gradient."""
    batch, height, width, n_in, n_out = shape
    rng = np.random.default_rng(0)
    return (
        rng.standard_normal((batch, height, width, n_in)).astype(dtype),
        rng.standard_normal((3, 3, n_in, n_out)).astype(dtype),
        rng.standard_normal((batch, height, width, n_out)).astype(dtype),
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_what_the_readable_form_gives(shape):
    x, W, dy = drawn(shape)
    y = winograd.correlate(x, W)
    np.testing.assert_allclose(y, windows.correlate(x, W, ONE, ONE), atol=1e-11)
    dW = winograd.kernel_gradient(x, dy)
    expected = windows.kernel_gradient(x, dy, (3, 3), ONE, ONE)
    np.testing.assert_allclose(dW, expected, atol=1e-11)


def test_float32_keeps_five_digits():
    x, W, dy = drawn((32, 14, 14, 64, 64), np.float32)
    for found, exact in (
        (winograd.correlate(x, W), windows.correlate(*drawn_exactly(x, W), ONE, ONE)),
        (
            winograd.kernel_gradient(x, dy),
            windows.kernel_gradient(*drawn_exactly(x, dy), (3, 3), ONE, ONE),
        ),
    ):
        assert found.dtype == np.float32
        assert np.abs(found - exact).max() < 1e-5 * np.abs(exact).max()


def drawn_exactly(*arrays):
    """Return them in float64, so that what is compared with is exact."""
    return [array.astype(np.float64) for array in arrays]


def test_blocks_change_nothing(monkeypatch):
    x, W, dy = drawn((7, 9, 6, 3, 4))
    y, dW = winograd.correlate(x, W), winograd.kernel_gradient(x, dy)
    for block in (1, 6000):  # a picture at a time; some pictures, and some left over
        monkeypatch.setattr(winograd, "_BLOCK", block)
        np.testing.assert_allclose(winograd.correlate(x, W), y, atol=1e-12)
        np.testing.assert_allclose(winograd.kernel_gradient(x, dy), dW, atol=1e-12)


def test_a_picture_knows_nothing_of_its_neighbours():
    x, W, _ = drawn((4, 5, 5, 3, 3))
    y = winograd.correlate(x, W)
    x[[0, 2, 3]] = 1e6
    np.testing.assert_array_equal(winograd.correlate(x, W)[1], y[1])


def test_pictures_that_do_not_lie_in_a_row_in_memory():
    x, W, dy = drawn((3, 6, 8, 4, 5))
    turned = x.transpose(0, 2, 1, 3)
    np.testing.assert_allclose(
        winograd.correlate(turned, W), windows.correlate(turned, W, ONE, ONE), atol=1e-11
    )
    y = winograd.kernel_gradient(turned, dy.transpose(0, 2, 1, 3))
    expected = windows.kernel_gradient(turned, dy.transpose(0, 2, 1, 3), (3, 3), ONE, ONE)
    np.testing.assert_allclose(y, expected, atol=1e-11)
