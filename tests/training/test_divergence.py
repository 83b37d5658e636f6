"""Four ways into numbers that are not finite, and the layer that each error must name."""

import dataclasses

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import DivergedError
from homespun.nn import Chain, Dense, Flatten, ReLU, SoftmaxCrossEntropy
from homespun.optim import SGD, Constant
from homespun.training import Plan, begin, train
from homespun.training.divergence import first_bad_layer, layer_of_last_bad

LAYERS = (Flatten(), Dense(5), ReLU(), Chain(Dense(4), ReLU()), Dense(2))
RNG = np.random.default_rng(0)


@dataclasses.dataclass(frozen=True)
class Poison:
    """(batch, n) -> (batch, n), with numbers of no use on the way forward or back."""

    forward_value: float = 1.0
    backward_value: float = 1.0

    def init(self, rng, in_shape):
        return {}, in_shape

    def forward(self, params, x, *, train, rng):
        def backward(dy, grads, need_dx=True):
            return dy * np.float32(self.backward_value)

        return x * np.float32(self.forward_value), backward


def made_data(n=64):
    images = np.random.default_rng(1).integers(0, 256, (n, 3, 3, 1), dtype=np.uint8)
    return Dataset(images, np.arange(n) % 2, ("a", "b"))


def error_of(network, *, lr=0.1, state=None, **settings):
    plan = Plan(network, SGD(), Constant(lr), epochs=3, batch_size=32, shard_size=16, **settings)
    with pytest.raises(DivergedError) as caught:
        train(plan, made_data(), state=state(plan) if state else None)
    return str(caught.value)


def test_a_learning_rate_that_is_too_large_is_named_with_step_and_layer():
    """Weights near 1e29 after the first step: two layers of them are more than float32 holds."""
    message = error_of(Chain(*LAYERS), lr=1e30)
    assert "in step 2 (learning rate 1e+30)" in message
    assert "layer 3.0 (Dense) gives it" in message
    assert "a smaller learning rate" in message


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_not_finite_is_named(value):
    def poisoned(plan):
        state = begin(plan, made_data())
        state.weights.parameters.views["3"]["0"]["W"][0, 0] = value
        return state

    message = error_of(Chain(*LAYERS), state=poisoned)
    assert "in step 1 " in message
    assert "layer 3.0 (Dense) has it among its weights" in message


def test_a_layer_that_gives_what_is_not_finite_is_named():
    message = error_of(Chain(Flatten(), Dense(4), Poison(forward_value=np.nan), Dense(2)))
    assert message.startswith("the loss is nan in step 1 (learning rate 0.1): layer 2 (Poison)")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_is_found_in_its_step(value):
    """The way back is spoilt before layer 3, so layer 2 is the last that is spoilt."""
    layers = (Flatten(), Dense(4), Dense(6), Poison(backward_value=value), Dense(2))
    message = error_of(Chain(*layers))
    assert message.startswith("a gradient is not a finite number in step 1 (learning rate 0.1)")
    assert "that of layer 2 (Dense)" in message


def test_a_loss_that_is_not_finite_alone_is_said_to_be():
    class BadLoss(SoftmaxCrossEntropy):
        def __call__(self, logits, targets, weights):
            return np.nan, super().__call__(logits, targets, weights)[1]

    assert "the loss itself is not" in error_of(Chain(*LAYERS), loss=BadLoss())


def test_large_gradients_are_not_taken_for_infinite_ones():
    """Their squares overflow float32, they themselves do not."""
    layers = (Flatten(), Dense(4), Poison(backward_value=1e25), Dense(2))
    plan = Plan(Chain(*layers), SGD(), Constant(0.0), epochs=1, batch_size=32, shard_size=16)
    assert len(train(plan, made_data()).history) == 1


def test_names():
    network = Chain(*LAYERS)
    params, _ = network.init(RNG, (3, 3, 1))
    x = np.ones((2, 3, 3, 1), np.float32)
    assert first_bad_layer(network, params, x, RNG) is None
    assert layer_of_last_bad(network, params) is None
    for name, expected in (("1", "layer 1 (Dense)"), ("4", "layer 4 (Dense)")):
        params[name]["b"][0] = np.nan
        assert layer_of_last_bad(network, params) == expected
    alone, _ = Dense(2).init(RNG, (3,))
    alone["W"][0] = np.inf
    assert layer_of_last_bad(Dense(2), alone) == "Dense"
