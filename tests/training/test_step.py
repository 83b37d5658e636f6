import numpy as np
import pytest

from homespun.data import Dataset, Scaling
from homespun.errors import DivergedError
from homespun.nn import Chain, Dense, Flatten, Parameters, SoftmaxCrossEntropy
from homespun.optim import SGD, Constant, ExponentialMovingAverage
from homespun.training import Plan, Step, Weights, Workers

NETWORK = Chain(Flatten(), Dense(3))


def made_data(n=50):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, 4, 4, 1), dtype=np.uint8)
    return Dataset(images, rng.integers(0, 3, n), ("a", "b", "c"))


def one_step(plan, data, sample_weights=None, indices=None):
    """Return the weights before and after one step."""
    parameters = Parameters(NETWORK.init(np.random.default_rng(0), (4, 4, 1))[0])
    before = parameters.vector.copy()
    weights = Weights(parameters, plan.optimizer.init(before), before.copy())
    if sample_weights is None:
        sample_weights = np.ones(len(data), np.float32)
    indices = np.arange(len(data)) if indices is None else indices
    with Workers(2) as workers:
        step = Step(plan, weights, Scaling.fit(data.images), workers)
        result = step(data, indices, sample_weights, epoch=1, batch=0)
    return before, weights, result


def plan(**settings):
    defaults = {
        "network": NETWORK,
        "optimizer": SGD(),
        "schedule": Constant(0.1),
        "epochs": 1,
        "shard_size": 16,
    }
    return Plan(**(defaults | settings))


def gradient_of_the_whole_batch(data, sample_weights):
    """Return loss and gradient in float64, without shards."""
    parameters = Parameters(NETWORK.init(np.random.default_rng(0), (4, 4, 1))[0], np.float64)
    parameters.vector[:] = parameters.vector.astype(np.float32)
    x = Scaling.fit(data.images)(data.images, np.float64)
    logits, backward = NETWORK.forward(
        parameters.views, x, train=True, rng=np.random.default_rng(0)
    )
    loss, dlogits = SoftmaxCrossEntropy()(
        logits, data.labels, sample_weights / sample_weights.sum()
    )
    gradients = parameters.zeros_like()
    backward(dlogits, gradients.views)
    return loss, gradients.vector, logits


def test_shards_add_up_to_the_batch():
    data = made_data()
    before, weights, result = one_step(plan(), data)
    loss, gradient, logits = gradient_of_the_whole_batch(data, np.ones(50))
    np.testing.assert_allclose(result.loss, loss, rtol=1e-6)
    assert result.n_correct == (logits.argmax(axis=1) == data.labels).sum()
    after = weights.parameters.vector
    np.testing.assert_allclose(after, before - 0.1 * gradient, rtol=1e-4, atol=1e-6)
    assert weights.step == 1


def test_sample_weights_are_relative():
    data = made_data()
    sample_weights = np.linspace(0, 2, 50, dtype=np.float32)
    before, weights, result = one_step(plan(), data, sample_weights)
    loss, gradient, _ = gradient_of_the_whole_batch(data, sample_weights.astype(np.float64))
    np.testing.assert_allclose(result.loss, loss, rtol=1e-6)
    after = weights.parameters.vector
    np.testing.assert_allclose(after, before - 0.1 * gradient, rtol=1e-4, atol=1e-6)


def test_penalties_reach_weights_and_spare_biases():
    data = made_data()
    before, plain, _ = one_step(plan(), data)
    _, penalised, _ = one_step(plan(l1=0.5, l2=2.0), data)
    difference = plain.parameters.vector - penalised.parameters.vector
    W = before[:48]
    expected = 0.1 * (0.5 * np.sign(W) + 2.0 * W)
    np.testing.assert_allclose(difference[:48], expected, atol=1e-6)
    assert not difference[48:].any()


def test_the_average_follows():
    data = made_data()
    before, weights, _ = one_step(plan(average=ExponentialMovingAverage(0.9)), data)
    expected = before + (1 - 2 / 11) * (weights.parameters.vector - before)
    np.testing.assert_allclose(weights.average, expected, rtol=1e-5, atol=1e-7)


def test_a_loss_that_is_not_finite_is_named_and_changes_nothing():
    data = made_data()
    sample_weights = np.full(50, np.nan, np.float32)
    with pytest.raises(DivergedError, match=r"nan in step 1 \(learning rate 0\.1\)"):
        one_step(plan(), data, sample_weights)
