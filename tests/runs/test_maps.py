from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Scaling
from homespun.models import Model
from homespun.nn import Chain, Dense, Flatten, Parameters, ReLU, SoftmaxCrossEntropy
from homespun.runs.maps import hidden, subset, tsne


def test_a_subset_is_sorted_seeded_and_without_repeats() -> None:
    chosen = subset(100, 10, seed=1)
    assert len(set(chosen.tolist())) == 10
    assert chosen.tolist() == sorted(chosen.tolist())
    assert chosen.tolist() == subset(100, 10, seed=1).tolist() != subset(100, 10, seed=2).tolist()
    assert subset(3, 10, seed=1).tolist() == [0, 1, 2]


def test_hidden_is_what_the_last_layer_is_given() -> None:
    network = Chain(Flatten(), Dense(5), ReLU(), Dense(3))
    params, _ = network.init(np.random.default_rng(0), (2, 2, 1))
    model = Model(
        network, Parameters(params), SoftmaxCrossEntropy(), Scaling((0.0,), (1.0,)), (2, 2, 1),
        ("a", "b", "c"),
    )  # fmt: skip
    images = np.random.default_rng(1).integers(0, 256, (7, 2, 2, 1), dtype=np.uint8)
    values = hidden(model, images)
    assert values.shape == (7, 5)
    last = model.parameters.views["3"]
    np.testing.assert_allclose(
        values @ last["W"] + last["b"], model.predict_logits(images), rtol=1e-5
    )


@pytest.mark.parametrize("n", [6, 60])
def test_a_map_keeps_groups_apart_and_is_the_same_each_time(n: int) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(0, 0.1, (n, 8)) + 50 * (np.arange(n) % 2)[:, np.newaxis]
    places = tsne(values, seed=2**63)
    assert places.shape == (n, 2)
    np.testing.assert_array_equal(places, tsne(values, seed=2**63))
    if n > 20:
        middles = [places[i::2].mean(axis=0) for i in (0, 1)]
        spread = max(np.linalg.norm(places[i::2] - middles[i], axis=1).max() for i in (0, 1))
        assert np.linalg.norm(middles[0] - middles[1]) > spread


def test_pictures_that_are_all_alike_have_a_map_too() -> None:
    assert np.isfinite(tsne(np.zeros((10, 4)), seed=0)).all()
