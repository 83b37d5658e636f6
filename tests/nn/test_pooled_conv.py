import numpy as np
import pytest

from homespun.errors import SettingError, ShapeError
from homespun.nn import Chain, Conv2D, MaxPool2D, Parameters, PooledConv2D

CASES = [
    (PooledConv2D(4), (6, 8, 1)),
    (PooledConv2D(4, bias=False), (7, 5, 1)),
    (PooledConv2D(3), (7, 9, 3)),
    (PooledConv2D(2, kernel=(5, 2), padding=(0, 1)), (9, 8, 2)),
    (PooledConv2D(2, kernel=(1, 1), padding=(0, 0)), (2, 3, 1)),
]


def apply(layer, x, dy):
    parameters = Parameters(layer.init(np.random.default_rng(5), x.shape[1:])[0], np.float64)
    gradients = parameters.zeros_like()
    y, backward = layer.forward(parameters.views, x, train=True, rng=np.random.default_rng(0))
    dx = backward(dy(y.shape), gradients.views)
    return y, dx, gradients.vector


@pytest.mark.parametrize("decimals", [0, 10], ids=["many ties", "no ties"])
@pytest.mark.parametrize(("layer", "in_shape"), CASES, ids=str)
def test_it_is_a_convolution_and_a_pool(layer, in_shape, decimals):
    x = np.random.default_rng(1).standard_normal((3, *in_shape)).round(decimals)
    plain = Chain(
        Conv2D(layer.n_out, layer.kernel, padding=layer.padding, bias=layer.bias), MaxPool2D()
    )

    def dy(shape):
        return np.random.default_rng(2).standard_normal(shape)

    for fused, readable in zip(apply(layer, x, dy), apply(plain, x, dy), strict=True):
        np.testing.assert_allclose(fused, readable, rtol=0, atol=1e-12)


def test_among_equals_the_first_gets_the_gradient():
    layer = PooledConv2D(1, kernel=(1, 1), padding=(0, 0), bias=False)
    one = {"W": np.ones((1, 1, 1, 1))}
    _, backward = layer.forward(
        one, np.ones((1, 2, 2, 1)), train=True, rng=np.random.default_rng(0)
    )
    dx = backward(np.ones((1, 1, 1, 1)), {"W": np.zeros((1, 1, 1, 1))})
    assert dx.ravel().tolist() == [1, 0, 0, 0]


def test_what_does_not_fit_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ShapeError, match="too small to be pooled"):
        PooledConv2D(2).init(rng, (1, 5, 1))
    with pytest.raises(ShapeError, match=r"expected \(batch, height, width, 2\)"):
        PooledConv2D(2).forward(
            {"W": np.ones((3, 3, 2, 2))}, np.ones((1, 4, 4, 1)), train=True, rng=rng
        )
    with pytest.raises(SettingError, match="at least 1"):
        PooledConv2D(2, kernel=(0, 1))
