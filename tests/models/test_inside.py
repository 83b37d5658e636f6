from __future__ import annotations

import numpy as np
import pytest

from homespun import nn
from homespun.models.inside import Inside, telling_layers
from homespun.types import Shape

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("network", "layers"),
    [
        (nn.Chain(nn.Flatten(), nn.Dense(3), nn.ReLU(), nn.Dropout(0.1), nn.Dense(2)), (2, 4)),
        (nn.Chain(nn.Flatten(), nn.Dense(2)), (1,)),
        (nn.Dense(2), (0,)),
        (nn.Residual(nn.Dense(2)), (0,)),
        (nn.Chain(nn.Flatten(), nn.Residual(nn.Tanh()), nn.Chain(nn.GELU()), nn.Sigmoid()),
         (1, 2, 3)),
        (nn.Chain(*[nn.ReLU()] * 8, nn.Flatten()), (0, 2, 5, 7, 8)),
    ],
    ids=repr,
)  # fmt: skip
def test_which_layers_tell(network: nn.Layer, layers: tuple[int, ...]) -> None:
    assert telling_layers(network) == layers


def test_what_layers_give_stands_side_by_side() -> None:
    """Of the picture's four places (1, -2, 3, 5) ReLU leaves 1, 0, 3, 5: mean 2.25."""
    network = nn.Chain(nn.ReLU(), nn.Flatten())
    x = np.array([1.0, -2, 3, 5]).reshape(1, 2, 2, 1)
    params, _ = network.init(RNG, (2, 2, 1))
    found, _ = Inside(network, (0, 1)).forward(params, x, train=False, rng=RNG)
    spread = np.sqrt(np.mean(np.square([1.25, 2.25, 0.75, 2.75])))
    np.testing.assert_allclose(found, [[2.25, spread, 1, 0, 3, 5]])


@pytest.mark.parametrize(
    ("network", "in_shape"),
    [
        (nn.Chain(nn.Conv2D(3), nn.ReLU(), nn.GlobalMaxPool(), nn.Dense(2)), (5, 4, 2)),
        (nn.Chain(nn.Flatten(), nn.Dense(3), nn.Tanh(), nn.Dense(2)), (2, 2, 1)),
        (nn.Flatten(), (1, 2, 1)),
    ],
    ids=repr,
)
def test_widths_are_those_of_what_comes(network: nn.Layer, in_shape: Shape) -> None:
    inside = Inside(network, telling_layers(network))
    params, out_shape = inside.init(np.random.default_rng(1), in_shape)
    x = RNG.normal(size=(3, *in_shape))
    found, _ = inside.forward(params, x, train=False, rng=RNG)
    assert found.shape == (3, *out_shape) == (3, sum(inside.widths(in_shape)))
    answer, _ = network.forward(params, x, train=False, rng=RNG)
    np.testing.assert_array_equal(found[:, -answer.shape[1] :], answer)


def test_it_is_not_trained() -> None:
    params, _ = nn.Flatten().init(RNG, (1, 1, 1))
    _, back = Inside(nn.Flatten(), (0,)).forward(params, np.ones((1, 1, 1, 1)), train=True, rng=RNG)
    with pytest.raises(NotImplementedError):
        back(np.ones((1, 1)), {})
