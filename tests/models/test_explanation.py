from __future__ import annotations

import numpy as np
import pytest

from homespun import nn
from homespun.data import Scaling
from homespun.models import Model
from homespun.models.explanation import gradient_map, occlusion_map


def linear_model(weights: np.ndarray) -> Model:
    """Logits are 0 and the sum of weights times scaled pixels; pixel 100 is 0, 150 is 1."""
    channel = weights.shape[2]
    network = nn.Chain(nn.Flatten(), nn.Dense(2))
    params, _ = network.init(np.random.default_rng(0), weights.shape)
    parameters = nn.Parameters(params)
    parameters.named()["1.W"][:] = np.stack([0 * weights.ravel(), weights.ravel()], axis=1)
    parameters.named()["1.b"][:] = 0
    scaling = Scaling((100.0,) * channel, (50.0,) * channel)
    return Model(network, parameters, nn.SoftmaxCrossEntropy(), scaling, weights.shape, ("a", "b"))


def test_the_gradient_of_a_linear_model_is_its_weights() -> None:
    weights = np.zeros((4, 3, 2))
    weights[1, 2] = [2, -3]
    weights[3, 0] = [0.5, 0]
    picture = np.random.default_rng(1).integers(0, 256, (4, 3, 2), dtype=np.uint8)
    found = gradient_map(linear_model(weights), picture, 1)
    np.testing.assert_allclose(found, np.abs(weights).max(axis=2), rtol=1e-6)


def test_the_gradient_is_that_of_finite_differences() -> None:
    network = nn.Chain(nn.Conv2D(3), nn.BatchNorm(), nn.Tanh(), nn.GlobalAvgPool(), nn.Dense(2))
    params, _ = network.init(np.random.default_rng(2), (5, 5, 1))
    model = Model(
        network, nn.Parameters(params, np.float64), nn.SoftmaxCrossEntropy(),
        Scaling((0.0,), (1.0,)), (5, 5, 1), ("a", "b"), pixels="float64",
    )  # fmt: skip
    picture = np.random.default_rng(3).normal(size=(5, 5, 1))
    found = gradient_map(model, picture, 0)
    for place in [(0, 0), (2, 3), (4, 4)]:
        moved = np.repeat(picture[np.newaxis], 2, axis=0)
        moved[0][place] += 1e-5
        moved[1][place] -= 1e-5
        logits = model.predict_logits(moved)[:, 0]
        slope = abs(logits[0] - logits[1]) / 2e-5
        assert found[place] == pytest.approx(slope, rel=1e-5)


def test_covering_the_one_place_that_counts_loses_the_answer() -> None:
    """Only the pixel at (1, 4) counts: 150 there gives a logit of 3, the mean colour 0."""
    weights = np.zeros((6, 6, 1))
    weights[1, 4] = 3
    picture = np.full((6, 6, 1), 150, np.uint8)
    found = occlusion_map(linear_model(weights), picture, 1, side=1)
    expected = np.zeros((6, 6))
    expected[1, 4] = 1 / (1 + np.exp(-3)) - 0.5
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("side", [None, 2, 3, 7, 50])
def test_every_place_is_covered_by_some_square(side: int | None) -> None:
    picture = np.full((9, 7, 1), 150, np.uint8)
    found = occlusion_map(linear_model(np.ones((9, 7, 1))), picture, 1, side=side)
    assert found.shape == (9, 7)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (occlusion_map(linear_model(np.ones((9, 7, 1))), picture, 0, side=side) <= 0).all()
