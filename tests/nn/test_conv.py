"""The convolution against SciPy's correlation, and each faster way against the readable one."""

import numpy as np
import pytest
from scipy.signal import correlate

from homespun.errors import SettingError, ShapeError
from homespun.nn import Conv2D
from homespun.nn.windows import correlate_back, kernel_gradient, scatter_back

CASES = [
    # kernel, stride, padding
    ((3, 3), (1, 1), (1, 1)),
    ((3, 3), (1, 1), (0, 0)),
    ((1, 1), (1, 1), (0, 0)),
    ((2, 5), (1, 1), (1, 4)),
    ((3, 3), (2, 2), (1, 1)),
    ((4, 3), (3, 2), (2, 1)),
    ((2, 2), (1, 1), (3, 3)),
]


def scipy_correlate(x, W, stride, padding):
    """Return the same by SciPy, picture by picture, then every stride-th place of it."""
    (top, left), (down, across) = padding, stride
    padded = np.pad(x, ((0, 0), (top, top), (left, left), (0, 0)))
    pictures = [
        np.concatenate(
            [correlate(picture, W[..., out], mode="valid") for out in range(W.shape[3])], axis=2
        )
        for picture in padded
    ]
    return np.stack(pictures)[:, ::down, ::across]


@pytest.mark.parametrize(("kernel", "stride", "padding"), CASES)
def test_forward_is_scipys_correlation(kernel, stride, padding):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 7, 8, 3))
    W, b = rng.standard_normal((*kernel, 3, 4)), rng.standard_normal(4)
    layer = Conv2D(4, kernel, stride, padding)
    y, _ = layer.forward({"W": W, "b": b}, x, train=True, rng=rng)
    np.testing.assert_allclose(y, scipy_correlate(x, W, stride, padding) + b, atol=1e-12)
    assert y.shape[1:] == layer.init(rng, (7, 8, 3))[1]


@pytest.mark.parametrize(("kernel", "stride", "padding"), CASES)
def test_the_way_back_is_the_one_of_the_definition(kernel, stride, padding):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((2, 7, 8, 3))
    W = rng.standard_normal((*kernel, 3, 4))
    dy = rng.standard_normal(scipy_correlate(x, W, stride, padding).shape)
    dx = correlate_back(dy, W, x.shape, stride, padding)
    np.testing.assert_allclose(dx, scatter_back(dy, W, x.shape, stride, padding), atol=1e-12)
    # y is linear in x and in W, so <dy, y> is <dx, x>, and <dW, W>
    value = np.sum(dy * scipy_correlate(x, W, stride, padding))
    np.testing.assert_allclose(np.sum(dx * x), value)
    dW = kernel_gradient(x, dy, kernel, stride, padding)
    np.testing.assert_allclose(np.sum(dW * W), value)


def test_many_pictures_in_blocks_give_what_each_gives_alone():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((40, 28, 28, 8))
    layer = Conv2D(4)
    params, _ = layer.init(rng, x.shape[1:])
    together, _ = layer.forward(params, x, train=True, rng=rng)
    alone = [layer.forward(params, x[[i]], train=True, rng=rng)[0] for i in (0, 1, 39)]
    np.testing.assert_allclose(together[[0, 1, 39]], np.concatenate(alone), atol=1e-12)


def test_what_cannot_be_convolved_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ShapeError, match="smaller than the window"):
        Conv2D(4, padding=(0, 0)).init(rng, (2, 9, 1))
    with pytest.raises(ShapeError, match=r"expected \(batch, height, width, n_in\)"):
        Conv2D(4).init(rng, (784,))
    params, _ = Conv2D(4).init(rng, (5, 5, 3))
    with pytest.raises(ShapeError, match=r"expected \(batch, height, width, 3\), got"):
        Conv2D(4).forward(params, np.zeros((1, 5, 5, 1)), train=True, rng=rng)
    with pytest.raises(SettingError, match="at least 1"):
        Conv2D(4, stride=(0, 1))
