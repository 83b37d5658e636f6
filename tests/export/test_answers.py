"""From pictures to answers: what the file says is what `Model.answer` says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from homespun import nn
from homespun.data import Scaling
from homespun.errors import SettingError
from homespun.export import export_onnx
from homespun.export.answers import TRUST
from homespun.models import Model, Rejection
from homespun.models.inside import Inside
from homespun.nn import Chain, Conv2D, Dense, Flatten, GlobalMaxPool, Parameters, ReLU
from homespun.types import Array

NewModel = Callable[..., Model]

ONE = Chain(Flatten(), Dense(4))


def same_answers(model: Model, pictures: Array, session: Any) -> dict[str, Array]:
    """Hold the file's answers against the model's, and return the file's."""
    found: dict[str, Array] = session(export_onnx(model))(pictures=pictures)
    expected = model.answer(pictures)
    np.testing.assert_allclose(found["probabilities"], expected.probabilities, atol=1e-5)
    assert found["label"].tolist() == expected.probabilities.argmax(axis=1).tolist()
    assert [TRUST[i] for i in found["trust"]] == list(expected.trust)
    if expected.unlikeness is None:
        assert "unlikeness" not in found
    else:
        np.testing.assert_allclose(found["unlikeness"], expected.unlikeness, rtol=1e-4, atol=1e-4)
    return found


@pytest.mark.parametrize("temperature", [0.05, 0.7, 1.0, 20.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_calibration_is_inside(
    temperature: float, smoothing: float, new_model: NewModel, drawn: Any, session: Any
) -> None:
    model = new_model(ONE, temperature=temperature, smoothing=smoothing)
    found = same_answers(model, drawn(50, model.in_shape), session)
    np.testing.assert_allclose(found["probabilities"].sum(axis=1), 1, rtol=1e-5)


def test_probabilities_by_hand(new_model: NewModel, session: Any) -> None:
    """Logits log 3 and 0 mean 3/4 and 1/4, half as hot 9/10 and 1/10; less 1/20 they are 14 to 4.

    (9/10 is 3² / (3² + 1); 3/4 - 1/20 = 14/20, and 1/4 - 1/20 = 4/20.)
    """
    model = new_model(Chain(Flatten(), Dense(2)), (1, 1, 1))
    model.parameters.named()["1.W"][:] = 0
    model.parameters.named()["1.b"][:] = math.log(3), 0
    picture = np.zeros((1, 1, 1, 1), np.uint8)
    for settings, expected in (
        ({}, [0.75, 0.25]),
        ({"temperature": 0.5}, [0.9, 0.1]),
        ({"smoothing": 0.05}, [14 / 18, 4 / 18]),
    ):
        found = session(export_onnx(replace(model, **settings)))(pictures=picture)
        np.testing.assert_allclose(found["probabilities"], [expected], rtol=1e-6)


def test_an_answer_is_sure_from_its_threshold_on(
    new_model: NewModel, drawn: Any, session: Any
) -> None:
    model = new_model(ONE)
    pictures = drawn(40, model.in_shape)
    middle = float(np.sort(model.predict_proba(pictures).max(axis=1))[20])
    found = same_answers(replace(model, sure_from=middle), pictures, session)
    assert np.bincount(found["trust"]).tolist() == [20, 20]
    assert session(export_onnx(model))(pictures=pictures)["trust"].tolist() == [1] * 40


@pytest.mark.parametrize("smooth", [False, True], ids=["trained", "calibrated"])
def test_any_number_of_labels(smooth: bool, new_model: NewModel, drawn: Any, session: Any) -> None:
    thresholds = (0.1, 0.5, 0.7, 0.9)
    settings = {"temperature": 2.0, "thresholds": thresholds} if smooth else {}
    model = new_model(ONE, loss=nn.BinaryCrossEntropy(), sure_from=0.6, **settings)
    pictures = drawn(60, model.in_shape)
    found = same_answers(model, pictures, session)
    assert found["labels"].tolist() == model.predict(pictures).tolist()
    assert 0 < found["labels"].mean() < 1
    assert set(found["trust"]) == {0, 1}


def test_a_threshold_is_reached_by_no_less_than_itself(new_model: NewModel, session: Any) -> None:
    """Thresholds are of double precision, and the nearest number of single may lie below."""
    model = new_model(Chain(Flatten(), Dense(1)), (1, 1, 1), loss=nn.BinaryCrossEntropy())
    model.parameters.named()["1.W"][:] = 0
    picture = np.zeros((1, 1, 1, 1), np.uint8)
    p = session(export_onnx(model))(pictures=picture)["probabilities"][0, 0]
    for threshold, given in ((float(p), 1), (float(p) + 1e-12, 0), (float(p) - 1e-12, 1)):
        content = export_onnx(replace(model, thresholds=(threshold,)))
        assert session(content)(pictures=picture)["labels"].tolist() == [[given]]


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_pictures_of_floats_may_be_large_and_close_together(
    kind: str, new_model: NewModel, session: Any
) -> None:
    model = new_model(ONE, scaling=Scaling((1e6,), (0.5,)), pixels=kind)
    pictures = 1e6 + np.random.default_rng(2).normal(0, 0.5, (9, *model.in_shape))
    same_answers(model, pictures.astype(kind), session)


def test_a_model_in_double_precision_answers_in_single(
    new_model: NewModel, drawn: Any, session: Any
) -> None:
    model = new_model(ONE)
    wide = replace(model, parameters=Parameters(model.parameters.views, np.float64))
    found = same_answers(wide, drawn(5, model.in_shape), session)
    assert found["probabilities"].dtype == np.float32


NETWORKS = [
    Chain(Conv2D(9), ReLU(), Conv2D(40), ReLU(), GlobalMaxPool(), Dense(3)),
    Chain(Flatten(), Dense(50), ReLU(), Dense(3)),
]


@pytest.mark.parametrize("network", NETWORKS, ids=["maps", "rows"])
@pytest.mark.parametrize("looked_at", ["all", "last"])
def test_unlikeness_and_its_threshold(
    network: Chain, looked_at: str, new_model: NewModel, drawn: Any, session: Any
) -> None:
    model = new_model(network, (5, 4, 1))
    last = len(network.layers) - 1
    layers = tuple(i for i, part in enumerate(network.layers) if isinstance(part, ReLU))
    layers = (*layers, last) if looked_at == "all" else (last,)
    fitted = replace(model, sure_from=0.5, rejection=_fit(model, layers, drawn(400, (5, 4, 1))))
    usual = drawn(450, (5, 4, 1))[400:]
    odd = np.zeros((2, 5, 4, 1), np.uint8)
    odd[:, ::2] = 255
    found = same_answers(fitted, np.concatenate([usual, odd]), session)
    assert 2 in found["trust"]
    assert len(set(found["trust"])) > 1


def _fit(model: Model, layers: tuple[int, ...], pictures: Array) -> Rejection:
    inside = Inside(model.network, layers)
    x = model.scaling(pictures)
    views, rng = model.parameters.views, np.random.default_rng(0)
    features, _ = inside.forward(views, x, train=False, rng=rng)
    parts = np.split(features, np.cumsum(inside.widths(model.in_shape))[:-1], axis=1)
    labels = model.predict(pictures)
    held_out = slice(None, None, 4)
    return Rejection.fit(
        layers, parts, labels, len(model.class_names), [part[held_out] for part in parts]
    )


def test_a_network_that_is_no_chain_shows_its_output_alone(
    new_model: NewModel, drawn: Any, session: Any
) -> None:
    model = new_model(Rows(3), (2, 3, 1))
    fitted = replace(model, rejection=_fit(model, (0,), drawn(300, model.in_shape)))
    content = export_onnx(fitted, layers={Rows: _write_rows})
    pictures = drawn(320, model.in_shape)[300:]
    found = session(content)(pictures=pictures)
    np.testing.assert_allclose(found["unlikeness"], fitted.answer(pictures).unlikeness, atol=1e-4)


@dataclass(frozen=True)
class Rows:
    """(height, width, channel) -> (n,): a layer of one's own that is all of a network."""

    n: int

    def init(self, rng: Any, in_shape: Any) -> Any:
        return Chain(Flatten(), Dense(self.n)).init(rng, in_shape)

    def forward(self, params: Any, x: Any, *, train: bool, rng: Any) -> Any:
        return Chain(Flatten(), Dense(self.n)).forward(params, x, train=train, rng=rng)


def _write_rows(graph: Any, layer: Rows, params: Any, x: str, in_shape: Any) -> str:
    return str(graph.layer(Chain(Flatten(), Dense(layer.n)), params, x, in_shape))


def test_a_loss_of_ones_own_is_refused(new_model: NewModel) -> None:
    class Hinge(nn.SquaredError):
        pass

    with pytest.raises(SettingError, match=r"loss .*Hinge.* has no form in ONNX"):
        export_onnx(new_model(ONE, loss=Hinge()))
