from __future__ import annotations

import dataclasses
import math
import threading
from typing import Any

import numpy as np
import pytest

from homespun import nn
from homespun.data import Scaling
from homespun.errors import ShapeError
from homespun.models import Model, Rejection
from homespun.models.rejection import Depth


def made_model(network: nn.Layer, n_classes: int, **others: Any) -> Model:
    params, _ = network.init(np.random.default_rng(3), (1, 2, 1))
    settings = {
        "network": network,
        "parameters": nn.Parameters(params),
        "loss": nn.SoftmaxCrossEntropy(),
        "scaling": Scaling((100.0,), (50.0,)),
        "in_shape": (1, 2, 1),
        "class_names": tuple("abcdefgh"[:n_classes]),
    }
    return Model(**(settings | others))


@pytest.fixture
def model() -> Model:
    """Its logits are (u, v, u + v + 1), u and v being the two scaled pixels."""
    model = made_model(nn.Chain(nn.Flatten(), nn.Dense(3)), 3)
    model.parameters.named()["1.W"][:] = [[1, 0, 1], [0, 1, 1]]
    model.parameters.named()["1.b"][:] = [0, 0, 1]
    return model


PICTURES = np.array([[[[100], [150]]], [[[0], [50]]], [[[200], [100]]]], np.uint8)


def test_answers_are_those_of_hand_calculation(model: Model) -> None:
    # (100, 150) becomes (0, 1), (0, 50) becomes (-2, -1), (200, 100) becomes (2, 0)
    logits = [[0, 1, 2], [-2, -1, -2], [2, 0, 3]]
    np.testing.assert_allclose(model.predict_logits(PICTURES), logits, atol=1e-6)
    np.testing.assert_array_equal(model.predict(PICTURES), [2, 1, 2])
    for answer, row in zip(model.predict_proba(PICTURES), logits, strict=True):
        powers = [math.exp(x) for x in row]
        np.testing.assert_allclose(answer, [x / sum(powers) for x in powers], rtol=1e-5)


def test_probabilities_are_those_of_the_loss(model: Model) -> None:
    model = made_model(model.network, 3, parameters=model.parameters, loss=nn.BinaryCrossEntropy())
    first = model.predict_proba(PICTURES)[0]
    np.testing.assert_allclose(first, [1 / (1 + math.exp(-x)) for x in (0, 1, 2)], rtol=1e-5)


def test_answers_keep_the_order_of_the_pictures_on_any_number_of_threads() -> None:
    model = made_model(nn.Chain(nn.Flatten(), nn.Dense(64), nn.ReLU(), nn.Dense(4)), 4)
    pictures = np.random.default_rng(0).integers(0, 256, (1234, 1, 2, 1), dtype=np.uint8)
    alone = model.predict_logits(pictures, threads=1)
    for threads in (2, 3, None):
        assert model.predict_logits(pictures, threads).tobytes() == alone.tobytes()
    for i in (0, 99, 100, 101, 1233):
        np.testing.assert_allclose(
            model.predict_logits(pictures[i : i + 1])[0], alone[i], rtol=1e-4, atol=1e-5
        )


def test_nothing_is_dropped_or_moved_by_answering() -> None:
    model = made_model(nn.Chain(nn.Flatten(), nn.Dropout(0.5), nn.BatchNorm(), nn.Dense(2)), 2)
    before = model.parameters.weight_hash()
    np.testing.assert_array_equal(model.predict_logits(PICTURES), model.predict_logits(PICTURES))
    assert model.parameters.weight_hash() == before


@pytest.mark.parametrize("shape", [(5, 2, 1, 1), (5, 1, 2, 3), (5, 2), (1, 2, 1), ()])
@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_logits"])
def test_pictures_of_another_shape_are_refused(
    model: Model, method: str, shape: tuple[int, ...]
) -> None:
    with pytest.raises(ShapeError, match=r"takes pictures of shape \(1, 2, 1\)"):
        getattr(model, method)(np.zeros(shape, np.uint8))


def test_pictures_of_another_type_are_refused(model: Model) -> None:
    with pytest.raises(ShapeError, match="uint8"):
        model.predict(PICTURES / 255)


def test_one_picture_starts_no_thread(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "Thread", None)  # calling it would fail
    assert model.predict(PICTURES[:1], threads=4).shape == (1,)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_logits", "reject"])
def test_no_picture_gets_an_empty_answer(model: Model, method: str) -> None:
    shape = (0,) if method in ("predict", "reject") else (0, 3)
    for one in (model, trusted(model)):
        found = getattr(one, method)(np.empty((0, 1, 2, 1), np.uint8))
        assert found.shape == shape
        assert one.trust(np.empty((0, 1, 2, 1), np.uint8)) == ()
        with pytest.raises(ShapeError, match="takes pictures of shape"):
            getattr(one, method)(np.empty((0, 2, 2, 1), np.uint8))


def trusted(model: Model) -> Model:
    """A picture is unlike once its logits lie 2 from (0, 1, 2) in the second."""
    depth = Depth(
        means=np.array([[0, 1, 2]] * 3, np.float32),
        scale=np.ones(3, np.float32),
        directions=np.array([[0], [1], [0]], np.float32),
        variances=np.ones(1, np.float32),
        rest=1e12,
    )
    return dataclasses.replace(
        model, sure_from=0.7, rejection=Rejection((1,), (depth,), math.log(1.99))
    )


def test_trust_by_hand(model: Model) -> None:
    """Logits are (0, 1, 2), (-2, -1, -2) and (2, 0, 3): off by 0, 2 and 1 in the second.

    The likeliest have e²/(1 + e + e²) = 66.5%, 57.6% and 70.5%.
    """
    answers = trusted(model).answer(PICTURES)
    assert answers.trust == ("unsure", "unlike", "yes")
    assert answers.unlikeness is not None
    np.testing.assert_allclose(answers.unlikeness[1:], [math.log(2), 0], atol=1e-6)
    np.testing.assert_array_equal(answers.probabilities, model.predict_proba(PICTURES))
    np.testing.assert_array_equal(trusted(model).reject(PICTURES), [False, True, False])
    assert model.trust(PICTURES) == ("unsure",) * 3
    assert not model.reject(PICTURES).any()


def test_probabilities_are_calibrated_and_keep_their_type(model: Model) -> None:
    hot = dataclasses.replace(model, temperature=2.0)
    found = hot.predict_proba(PICTURES)
    powers = [math.exp(x / 2) for x in (0, 1, 2)]
    np.testing.assert_allclose(found[0], [x / sum(powers) for x in powers], rtol=1e-5)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(hot.predict(PICTURES), model.predict(PICTURES))


def test_where_labels_exclude_nothing_each_answers_for_itself(model: Model) -> None:
    """Probabilities of the first picture are 50%, 73.1% and 88.1%; of the second below 27%."""
    many = dataclasses.replace(model, loss=nn.BinaryCrossEntropy(), sure_from=0.7)
    np.testing.assert_array_equal(many.predict(PICTURES)[:2], [[1, 1, 1], [0, 0, 0]])
    picky = dataclasses.replace(many, thresholds=(0.6, 0.7, 0.9))
    np.testing.assert_array_equal(picky.predict(PICTURES)[:2], [[0, 1, 0], [0, 0, 0]])
    assert many.trust(PICTURES)[:2] == ("unsure", "yes")  # the least sure of 88, 73 and 88%


def test_answers_are_named_alike_at_every_door(model: Model) -> None:
    answers = model.answer(PICTURES)
    named = answers.named(model.class_names)
    assert [list(answer) for answer in named] == [
        ["label", "probability", "trust", "probabilities"]
    ] * len(PICTURES)
    for answer, row, trust in zip(named, answers.probabilities, answers.trust, strict=True):
        assert answer["probabilities"] == dict(zip(model.class_names, row.tolist(), strict=True))
        assert answer["label"] == model.class_names[row.argmax()]
        assert (answer["probability"], answer["trust"]) == (row.max(), trust)


def test_with_flips_a_picture_is_answered_with_its_mirror_image(model: Model) -> None:
    both = dataclasses.replace(model, flips=True)
    # (u, v) and (v, u) have the mean ((u + v) / 2, (u + v) / 2, u + v + 1)
    logits = [[0.5, 0.5, 2], [-1.5, -1.5, -2], [1, 1, 3]]
    np.testing.assert_allclose(both.predict_logits(PICTURES), logits, atol=1e-6)
    np.testing.assert_array_equal(both.predict(PICTURES), [2, 0, 2])
    mirrored = np.ascontiguousarray(PICTURES[:, :, ::-1])
    for threads in (1, 2):
        np.testing.assert_array_equal(
            both.predict_proba(PICTURES, threads), both.predict_proba(mirrored, threads)
        )
