"""Every layer in ONNX's operators against its own forward, in a table: a new layer is a new row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from homespun import nn
from homespun.errors import SettingError, ShapeError
from homespun.export import Graph, export_onnx
from homespun.export.layers import WRITERS
from homespun.models import Model
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
)

LAYERS = [
    Chain(Flatten(), Dense(4)),
    Chain(Flatten(), Dense(3, bias=False)),
    Chain(Flatten(), Dense(6), ReLU(), Dense(3)),
    Chain(Flatten(), Dense(6), Sigmoid(), Dropout(0.4), Dense(3)),
    Chain(Flatten(), Dense(6), Tanh(), BatchNorm(), Dense(3)),
    Chain(Flatten(), Dense(6), GELU()),
    Chain(Chain(Flatten(), Chain()), Residual(Chain(Dense(9), ReLU(), Dense(7 * 6 * 2)))),
    Chain(Conv2D(4), GlobalMaxPool()),
    Chain(Conv2D(4, bias=False), BatchNorm(epsilon=1e-3), ReLU(), GlobalAvgPool()),
    Chain(Conv2D(3, kernel=(2, 3), stride=(2, 1), padding=(1, 0)), Flatten(), Dense(3)),
    Chain(Conv2D(3, kernel=(3, 2), padding=(0, 1)), Residual(Conv2D(3)), Flatten()),
    Chain(PooledConv2D(4), Flatten(), Dense(3)),
    Chain(PooledConv2D(4, kernel=(2, 4), padding=(1, 3), bias=False), GlobalAvgPool()),
    Chain(MaxPool2D(), Flatten()),
    Chain(MaxPool2D(3), Flatten()),
    Chain(AvgPool2D(), Flatten()),
    Chain(AvgPool2D(4), Flatten()),
]


@pytest.mark.parametrize("network", LAYERS, ids=str)
def test_a_layer_gives_what_its_forward_gives(
    network: nn.Layer, new_model: Callable[..., Model], drawn: Any, session: Any
) -> None:
    """7 x 6 places fill no tiles, and tell rows from columns; two channels tell these from both."""
    model = new_model(network, (7, 6, 2), loss=nn.SquaredError())  # whose outputs are the logits
    pictures = drawn(3, model.in_shape)
    answering = session(export_onnx(model))
    found = answering(pictures=pictures)["probabilities"]
    np.testing.assert_allclose(found, model.predict_logits(pictures), rtol=1e-5, atol=1e-5)
    assert answering(pictures=pictures[:1])["probabilities"].shape == (1, found.shape[1])


def test_the_table_holds_every_layer() -> None:
    named = (getattr(nn, name) for name in nn.__all__)
    layers = {each for each in named if isinstance(each, type) and hasattr(each, "forward")}
    assert set(WRITERS) == layers - {nn.Layer}
    in_a_row = {type(part) for network in LAYERS for part in _parts(network)}
    assert in_a_row == set(WRITERS)


def _parts(layer: nn.Layer) -> list[nn.Layer]:
    inner = layer.layers if isinstance(layer, Chain) else ()
    inner = (layer.layer,) if isinstance(layer, Residual) else inner
    return [layer, *(part for each in inner for part in _parts(each))]


@dataclass(frozen=True)
class Square(nn.layer.WithoutParams):
    def forward(self, params: Any, x: Any, *, train: bool, rng: Any) -> Any:
        return x * x, None


class OtherDense(Dense):
    """One that goes another way may be no Dense at all."""


def _square(graph: Graph, layer: Square, params: Any, x: str, in_shape: Any) -> str:
    return graph.node("Mul", x, x)


def test_a_layer_of_ones_own_is_written_as_one_says(
    new_model: Callable[..., Model], drawn: Any, session: Any
) -> None:
    model = new_model(Chain(Residual(Square()), Flatten(), Dense(3)))
    pictures = drawn(4, model.in_shape)
    content = export_onnx(model, layers={Square: _square})
    found = session(content)(pictures=pictures)["probabilities"]
    np.testing.assert_allclose(found, model.predict_proba(pictures), atol=1e-6)


@pytest.mark.parametrize("layer", [Square(), OtherDense(3)], ids=["own", "subclass"])
def test_an_unknown_layer_is_refused_in_one_line(
    layer: nn.Layer, new_model: Callable[..., Model]
) -> None:
    name = type(layer).__name__
    with pytest.raises(SettingError, match=rf"{name} has no form .*{{{name}: writer}}\)$") as told:
        export_onnx(new_model(Chain(Flatten(), layer, Dense(3))))
    assert "\n" not in str(told.value)


@dataclass(frozen=True)
class Lines(nn.layer.WithoutParams):
    """(height, width, channel) -> (height, width * channel)."""

    def init(self, rng: Any, in_shape: Any) -> Any:
        return {}, (in_shape[0], in_shape[1] * in_shape[2])

    def forward(self, params: Any, x: Any, *, train: bool, rng: Any) -> Any:
        return x.reshape(*x.shape[:2], -1), None


def test_a_shape_that_only_a_layer_of_ones_own_makes_is_refused_where_its_axes_are_not_known(
    new_model: Callable[..., Model],
) -> None:
    model = new_model(Chain(Lines(), BatchNorm(), Flatten()))
    with pytest.raises(ShapeError, match=r"BatchNorm has no form .* \(2, 3\)"):
        export_onnx(model, layers={Lines: lambda graph, layer, params, x, in_shape: x})
