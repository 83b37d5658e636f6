from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from homespun.data import Dataset, Scaling
from homespun.models import RECIPES, Model
from homespun.models.coming_along import packaged_model
from homespun.nn import Chain, Dense, Flatten, Parameters, SoftmaxCrossEntropy
from homespun.serve.together import OneByOne, together
from homespun.storage import load


def made(recipe: str, shape: tuple[int, ...] = (28, 28, 1)) -> Model:
    plan = RECIPES[recipe].plan(n_samples=64, n_classes=10, seed=0)
    parameters = Parameters(plan.network.init(np.random.default_rng(0), shape)[0])
    names = tuple("abcdefghij")
    return Model(plan.network, parameters, plan.loss, Scaling((70.0,), (90.0,)), shape, names)


@pytest.mark.parametrize("name", ["packaged", "mlp", "tiny", "good"])
@pytest.mark.parametrize("n", [2, 7, 16])
def test_a_stack_has_the_bits_of_each_picture_alone(
    name: str, n: int, fashion_mnist: tuple[Dataset, Dataset]
) -> None:
    path = packaged_model()
    assert path
    model = load(path) if name == "packaged" else made(name)
    images = fashion_mnist[0].images[:n]
    stacked = together(model).answer(images, 1)
    for i in range(n):
        alone = model.answer(images[i : i + 1], 1)
        np.testing.assert_array_equal(stacked.probabilities[i], alone.probabilities[0])
        assert stacked.trust[i] == alone.trust[0]


def test_layers_with_products_take_one_picture_at_a_time_and_the_others_all() -> None:
    sizes: list[int] = []

    class Counting(Dense):
        def forward(self, params: Any, x: Any, **about: Any) -> Any:
            sizes.append(len(x))
            return super().forward(params, x, **about)

    network = Chain(Flatten(), Counting(4))
    parameters = Parameters(network.init(np.random.default_rng(0), (2, 2, 1))[0])
    scaling, loss = Scaling((0.0,), (1.0,)), SoftmaxCrossEntropy()
    model = Model(network, parameters, loss, scaling, (2, 2, 1), tuple("abcd"))
    layers = together(model).network.layers
    assert [type(layer) for layer in layers] == [Flatten, OneByOne]
    together(model).predict_logits(np.zeros((3, 2, 2, 1), np.uint8), 1)
    assert sizes == [1, 1, 1]


def test_a_network_that_is_no_chain_takes_one_picture_at_a_time() -> None:
    network = Dense(2)
    parameters = Parameters(network.init(np.random.default_rng(0), (3,))[0])
    x = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    y, backward = OneByOne(network).forward(
        parameters.views, x, train=False, rng=np.random.default_rng(0)
    )
    np.testing.assert_allclose(y, x @ parameters.views["W"] + parameters.views["b"], rtol=1e-5)
    with pytest.raises(NotImplementedError):
        backward(y, {})
