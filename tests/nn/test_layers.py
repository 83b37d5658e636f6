"""Every layer under the one contract check, in a table: a new layer is a new row."""

import numpy as np
import pytest

from homespun.errors import SettingError, ShapeError
from homespun.nn import (
    GELU,
    AvgPool2D,
    BatchNorm,
    Chain,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool2D,
    PooledConv2D,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
    glorot_uniform,
)
from homespun.testing import check_layer

LAYERS = [
    (Dense(4), (5,)),
    (Dense(1), (1,)),
    (Dense(3, bias=False, initializer=glorot_uniform), (7,)),
    (ReLU(), (6,)),
    (ReLU(), (3, 3, 2)),
    (Sigmoid(), (6,)),
    (Tanh(), (6,)),
    (GELU(), (6,)),
    (Dropout(0.5), (8,)),
    (Dropout(0.0), (8,)),
    (Flatten(), (3, 2, 2)),
    (Residual(Dense(5)), (5,)),
    (Residual(Chain(Dense(3), Tanh(), Dense(5))), (5,)),
    (Conv2D(3), (5, 4, 2)),
    (Conv2D(3), (1, 1, 1)),
    (Conv2D(2, bias=False), (6, 5, 1)),
    (Conv2D(2, kernel=(1, 1), padding=(0, 0)), (3, 4, 3)),
    (Conv2D(2, kernel=(3, 3), padding=(0, 0)), (5, 7, 2)),
    (Conv2D(2, kernel=(2, 4), padding=(1, 3)), (5, 6, 2)),
    (Conv2D(2, kernel=(3, 3), stride=(2, 2)), (7, 8, 2)),
    (Conv2D(2, kernel=(5, 3), stride=(3, 1), padding=(2, 0)), (9, 5, 2)),
    (Conv2D(2, kernel=(1, 1), stride=(2, 2), padding=(0, 0)), (5, 5, 2)),
    (Conv2D(2, kernel=(2, 2), padding=(3, 3)), (3, 3, 1)),
    (PooledConv2D(3), (6, 4, 1)),
    (PooledConv2D(3), (5, 7, 2)),
    (PooledConv2D(2, bias=False), (2, 2, 1)),
    (PooledConv2D(2, kernel=(1, 1), padding=(0, 0)), (4, 5, 3)),
    (PooledConv2D(2, kernel=(2, 4), padding=(1, 3)), (5, 6, 2)),
    (MaxPool2D(), (4, 6, 2)),
    (MaxPool2D(), (5, 7, 2)),
    (MaxPool2D(3), (7, 6, 1)),
    (MaxPool2D(1), (2, 3, 1)),
    (AvgPool2D(), (4, 4, 2)),
    (AvgPool2D(3), (7, 5, 2)),
    (GlobalAvgPool(), (3, 4, 2)),
    (GlobalMaxPool(), (3, 4, 2)),
    (BatchNorm(), (6,)),
    (BatchNorm(), (3, 2, 4)),
    (Residual(Chain(Conv2D(2), BatchNorm(), ReLU(), Conv2D(2))), (4, 4, 2)),
    (Chain(), (4,)),
    (Chain(Flatten(), Dense(6), GELU(), Dropout(0.3), Dense(2)), (2, 2, 1)),
    (Chain(Chain(Dense(4), ReLU()), Chain(Flatten(), Dense(2))), (3,)),
]


@pytest.mark.parametrize(("layer", "in_shape"), LAYERS, ids=lambda value: str(value))
def test_layer_keeps_the_contract(layer, in_shape):
    check_layer(layer, in_shape)
    check_layer(layer, in_shape, batch=1)


def test_one_layer_twice_in_a_chain_has_weights_for_each_place():
    layer = Dense(3)
    check_layer(Chain(layer, Tanh(), layer), (3,))


def run(layer, x, params=None, train=False):
    if params is None:
        params, _ = layer.init(np.random.default_rng(0), x.shape[1:])
    return layer.forward(params, x, train=train, rng=np.random.default_rng(0))


def test_dense_by_hand():
    params = {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([0.5, -0.5])}
    y, backward = run(Dense(2), np.array([[1.0, -1.0]]), params)
    assert y.tolist() == [[1 - 3 + 0.5, 2 - 4 - 0.5]]
    grads = {"W": np.ones((2, 2)), "b": np.zeros(2)}
    dx = backward(np.array([[1.0, 10.0]]), grads)
    assert dx.tolist() == [[1 + 20, 3 + 40]]
    assert grads["W"].tolist() == [[1 + 1, 1 + 10], [1 - 1, 1 - 10]], "gradients must add"
    assert grads["b"].tolist() == [1, 10]


def test_dense_says_what_it_expected():
    with pytest.raises(
        ShapeError, match=r"Dense\(128\): expected \(batch, 784\), got \(32, 28, 28\)"
    ):
        run(Dense(128), np.zeros((32, 28, 28)), {"W": np.zeros((784, 128)), "b": np.zeros(128)})
    with pytest.raises(ShapeError, match=r"put a Flatten\(\) before it"):
        Dense(128).init(np.random.default_rng(0), (28, 28, 1))


def test_relu_at_its_kink():
    _, backward = run(ReLU(), np.array([[-1.0, 0.0, 2.0]]))
    assert backward(np.array([[5.0, 5.0, 5.0]]), {}).tolist() == [[0, 0, 5]]


def test_gelu_by_hand():
    """GELU(1) = Phi(1) = 0.841345 and its slope at 0 is Phi(0) = 1/2."""
    y, backward = run(GELU(), np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(y, [[0.8413447460685429, 0]])
    assert backward(np.ones((1, 2)), {})[0, 1] == 0.5


def test_dropout_keeps_the_mean_and_the_share():
    x = np.ones((200, 500))
    y, _ = run(Dropout(0.25), x, train=True)
    assert set(np.unique(y)) == {0.0, 1 / 0.75}
    assert abs(y.mean() - 1) < 0.01
    assert run(Dropout(0.25), x)[0] is x, "prediction must not be random"


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5])
def test_dropout_refuses_odd_rates(rate):
    with pytest.raises(SettingError, match="rate must be at least 0 and below 1"):
        Dropout(rate)


def test_residual_must_keep_the_shape():
    with pytest.raises(ShapeError, match="keep the shape"):
        Residual(Dense(4)).init(np.random.default_rng(0), (5,))
