from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import numpy as np
import pytest

from homespun import nn
from homespun.storage.description import build_layer, build_loss, describe, sum_of_sizes

LAYERS = [
    nn.Dense(5),
    nn.Dense(5, bias=False, initializer=nn.glorot_uniform),
    nn.Dense(5, initializer=nn.lecun_normal),
    nn.Dense(2**20, initializer=nn.uniform),
    nn.Sigmoid(),
    nn.Tanh(),
    nn.ReLU(),
    nn.GELU(),
    nn.Dropout(0.1),
    nn.Dropout(0),
    nn.Flatten(),
    nn.Conv2D(4),
    nn.Conv2D(4, (5, 3), (2, 1), (0, 2), bias=False, initializer=nn.lecun_normal),
    nn.PooledConv2D(4, (5, 5), (2, 2), bias=False),
    nn.BatchNorm(momentum=0.8, epsilon=1e-3),
    nn.MaxPool2D(3),
    nn.AvgPool2D(),
    nn.GlobalMaxPool(),
    nn.GlobalAvgPool(),
    nn.Residual(nn.Dense(3)),
    nn.Chain(),
    nn.Chain(nn.Flatten(), nn.Chain(nn.ReLU()), nn.Residual(nn.Chain(nn.Dense(1), nn.Tanh()))),
]
LOSSES = [
    nn.SoftmaxCrossEntropy(),
    nn.SoftmaxCrossEntropy(label_smoothing=0.1),
    nn.BinaryCrossEntropy(),
    nn.SquaredError(),
]


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_a_layer_comes_back_equal(layer: nn.Layer) -> None:
    assert build_layer(describe(layer)) == layer


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_a_loss_comes_back_equal(loss: nn.Loss) -> None:
    assert build_loss(describe(loss)) == loss


def test_no_kind_of_part_was_forgotten() -> None:
    public = {getattr(nn, name) for name in nn.__all__}
    kinds = {part for part in public if inspect.isclass(part) and dataclasses.is_dataclass(part)}
    assert kinds == {type(part) for part in (*LAYERS, *LOSSES)}


def test_a_dense_layer_reads_like_this() -> None:
    assert describe(nn.Dense(7)) == {
        "part": "Dense",
        "n_out": 7,
        "bias": True,
        "initializer": {"function": "he_normal"},
    }


@dataclasses.dataclass(frozen=True)
class Dense:
    n_out: int


def he_normal(rng: Any, shape: Any, fan_in: int, fan_out: int) -> Any:
    return np.zeros(shape)


@pytest.mark.parametrize(
    "part",
    [Dense(3), nn.Residual(Dense(3)), nn.Dense(3, initializer=he_normal), nn.Dense, object(), "x"],
    ids=repr,
)
def test_what_is_not_homespuns_own_is_not_described(part: Any) -> None:
    with pytest.raises(TypeError, match="cannot be stored"):
        describe(part)


GOOD = {"part": "Dense", "n_out": 7, "bias": True, "initializer": {"function": "he_normal"}}


@pytest.mark.parametrize(
    "change",
    [
        {"part": "dense"},
        {"part": "os.system"},
        {"part": "homespun.nn.Dense"},
        {"part": "__class__"},
        {"part": None},
        {"part": 3},
        {"part": ["Dense"]},
        {"part": {"part": "ReLU"}},
        {"n_out": 0},
        {"n_out": -1},
        {"n_out": 2**20 + 1},
        {"n_out": True},
        {"n_out": 7.0},
        {"n_out": "7"},
        {"n_out": None},
        {"n_out": [7]},
        {"n_out": GOOD},
        {"bias": 1},
        {"bias": "yes"},
        {"initializer": None},
        {"initializer": "he_normal"},
        {"initializer": {"function": "eval"}},
        {"initializer": {"function": "Dense"}},
        {"initializer": {"function": ["he_normal"]}},
        {"initializer": {"function": "he_normal", "more": 1}},
        {"initializer": {"part": "ReLU"}},
        {"function": "he_normal"},
        {"more": 1},
        {"__init__": 1},
    ],
    ids=repr,
)
def test_a_dense_layer_with_an_odd_setting_is_refused(change: dict[str, Any]) -> None:
    assert build_layer(GOOD) == nn.Dense(7)
    with pytest.raises(ValueError, match=r"."):
        build_layer(GOOD | change)


WINDOW = describe(nn.Conv2D(4))


@pytest.mark.parametrize("sizes", [[3], [3, 3, 3], [0, 3], [3, -1], [3, 1.0], [True, 3], 3, "33"])
def test_a_window_is_two_sizes(sizes: Any) -> None:
    assert WINDOW["kernel"] == [3, 3]
    with pytest.raises(ValueError, match=r"kernel"):
        build_layer(WINDOW | {"kernel": sizes})


@pytest.mark.parametrize("missing", list(GOOD))
def test_every_setting_must_be_there(missing: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|missing"):
        build_layer({name: value for name, value in GOOD.items() if name != missing})


@pytest.mark.parametrize(
    "description",
    [
        None,
        3,
        "Dense",
        [],
        [GOOD],
        {},
        {"function": "he_normal"},
        {"part": "SquaredError"},
        {"part": "Dropout", "rate": 1.0},
        {"part": "Dropout", "rate": -0.1},
        {"part": "Dropout", "rate": True},
        {"part": "MaxPool2D", "size": 0},
        {"part": "BatchNorm", "momentum": 0.9, "epsilon": 0},
        {"part": "Residual", "layer": 3},
        {"part": "Residual", "layer": {"part": "SquaredError"}},
        {"part": "Chain", "layers": GOOD},
        {"part": "Chain", "layers": [3]},
        {"part": "Chain", "layers": [[GOOD]]},
        {"part": "Chain", "layers": [{"part": "SquaredError"}]},
        {"part": "Chain", "layers": {}},
    ],
    ids=repr,
)
def test_what_is_no_layer_is_refused(description: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        build_layer(description)


@pytest.mark.parametrize(
    "description",
    [None, {}, GOOD, {"part": "ReLU"}, {"part": "SoftmaxCrossEntropy", "label_smoothing": 1}],
    ids=repr,
)
def test_what_is_no_loss_is_refused(description: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        build_loss(description)


def test_a_bottomless_description_is_refused() -> None:
    description: dict[str, Any] = {"part": "ReLU"}
    for _ in range(40):
        description = {"part": "Residual", "layer": description}
    with pytest.raises(ValueError, match="deep"):
        build_layer(description)


def test_the_sum_of_sizes_counts_inner_layers_and_nothing_else() -> None:
    network = nn.Chain(
        nn.Dense(5), nn.Dropout(0.5), nn.Residual(nn.Chain(nn.Dense(7, bias=False), nn.Dense(5)))
    )
    assert sum_of_sizes(network) == 5 + 7 + 5
