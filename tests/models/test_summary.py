import numpy as np
import pytest

from homespun.models import count_macs, summarise
from homespun.nn import (
    BatchNorm,
    Chain,
    Conv2D,
    Dense,
    Flatten,
    MaxPool2D,
    Parameters,
    PooledConv2D,
    Residual,
)

NETWORK = Chain(
    Conv2D(4), MaxPool2D(), Residual(Chain(Conv2D(4, bias=False), BatchNorm())), Flatten(), Dense(3)
)


def test_rows_by_hand():
    rows = summarise(NETWORK, (6, 8, 2), shard_size=5)
    assert [row.name for row in rows] == [
        "Conv2D(4)",
        "MaxPool2D()",
        "Conv2D(4, bias=False)",
        "BatchNorm()",
        "Flatten()",
        "Dense(3)",
    ]
    assert [row.depth for row in rows] == [0, 0, 1, 1, 0, 0]
    assert [row.out_shape for row in rows] == [
        (6, 8, 4), (3, 4, 4), (3, 4, 4), (3, 4, 4), (48,), (3,)
    ]  # fmt: skip
    assert [row.weights for row in rows] == [9 * 2 * 4 + 4, 0, 9 * 4 * 4, 2 * 4, 0, 48 * 3 + 3]
    assert [row.macs for row in rows] == [72 * 48, 0, 144 * 12, 0, 0, 144]
    assert rows[0].memory == 4 * 5 * 6 * 8 * 4
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert all(row.share > 0 for row in rows)


def test_a_pooled_convolution_makes_four_sums_for_each_one_that_it_keeps():
    plain = Chain(Conv2D(4), MaxPool2D(), Flatten(), Dense(3))
    pooled = Chain(PooledConv2D(4), Flatten(), Dense(3))
    assert count_macs(pooled, (6, 8, 2)) == count_macs(plain, (6, 8, 2))


def test_sums_are_those_of_the_network():
    rows = summarise(NETWORK, (6, 8, 2))
    parameters = Parameters(NETWORK.init(np.random.default_rng(0), (6, 8, 2))[0])
    assert sum(row.weights for row in rows) == parameters.vector.size
    assert sum(row.macs for row in rows) == count_macs(NETWORK, (6, 8, 2))
