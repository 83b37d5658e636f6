"""The checks must catch what they are there to catch: each broken part here is a common mistake."""

from dataclasses import dataclass

import numpy as np
import pytest

from homespun.nn import Dense, SoftmaxCrossEntropy
from homespun.optim import SGD, Momentum
from homespun.testing import assert_slope, check_layer, check_loss, check_optimizer


@dataclass(frozen=True)
class Broken(Dense):
    """A Dense layer whose way back is replaced by `mistake(x, W, dy, grads)`, which returns dx."""

    mistake: object = None

    def forward(self, params, x, *, train, rng):
        y, _ = super().forward(params, x, train=train, rng=rng)
        W = params["W"]
        return y, lambda dy, grads, need_dx=True: self.mistake(x, W, dy, grads)


def right(x, W, dy, grads):
    grads["W"] += x.T @ dy
    grads["b"] += dy.sum(axis=0)
    return dy @ W.T


def wrong_dx(x, W, dy, grads):
    right(x, W, dy, grads)
    return dy @ W.T * 1.001


def wrong_dw(x, W, dy, grads):
    dx = right(x, W, dy, grads)
    grads["W"][0, 0] += 0.01
    return dx


def forgotten_bias(x, W, dy, grads):
    grads["W"] += x.T @ dy
    return dy @ W.T


def assigned(x, W, dy, grads):
    grads["W"][...] = x.T @ dy
    grads["b"][...] = dy.sum(axis=0)
    return dy @ W.T


def changes_dy(x, W, dy, grads):
    dx = right(x, W, dy, grads)
    dy *= 2
    return dx


def doubles_precision(x, W, dy, grads):
    return right(x, W, dy, grads).astype(np.float64)


def test_an_unbroken_layer_passes():
    check_layer(Broken(3, mistake=right), (4,))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (wrong_dx, "gradient of the input"),
        (wrong_dw, "gradient of the parameters"),
        (forgotten_bias, "gradient of the parameters"),
        (assigned, "must add up"),
        (changes_dy, "changes the gradient that it was given"),
        (doubles_precision, "float64 comes back"),
    ],
)
def test_a_wrong_backward_is_caught(mistake, message):
    with pytest.raises(AssertionError, match=message):
        check_layer(Broken(3, mistake=mistake), (4,))


class KeepsItsBatch:
    """What many tutorials do: the batch lies on self, and the second use overwrites the first."""

    def init(self, rng, in_shape):
        return {}, in_shape

    def forward(self, params, x, *, train, rng):
        self.x = x
        return x * x, lambda dy, grads, need_dx=True: 2 * self.x * dy


class MixesTheBatch:
    def init(self, rng, in_shape):
        return {}, in_shape

    def forward(self, params, x, *, train, rng):
        mean = x.mean(axis=0)
        return x - mean, lambda dy, grads, need_dx=True: dy - dy.mean(axis=0)


class ChangesItsInput:
    def init(self, rng, in_shape):
        return {}, in_shape

    def forward(self, params, x, *, train, rng):
        x *= 2
        return x, lambda dy, grads, need_dx=True: 2 * dy


class BreaksItsPromise:
    def init(self, rng, in_shape):
        return {}, (99,)

    def forward(self, params, x, *, train, rng):
        return x, lambda dy, grads, need_dx=True: dy


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (KeepsItsBatch(), "another batch"),
        (MixesTheBatch(), "one by one"),
        (ChangesItsInput(), "changes its input"),
        (BreaksItsPromise(), "init promises"),
    ],
)
def test_a_broken_layer_is_caught(layer, message):
    with pytest.raises(AssertionError, match=message):
        check_layer(layer, (4,))


def test_a_wrong_loss_is_caught():
    class Wrong(SoftmaxCrossEntropy):
        def __call__(self, logits, targets, weights):
            loss, dlogits = super().__call__(logits, targets, weights)
            return loss, dlogits * 1.001

    with pytest.raises(AssertionError, match="finite differences"):
        check_loss(Wrong(), np.array([[0.1, 0.2], [0.3, -1.0]]), np.array([0, 1]))


class Uphill(SGD):
    def update(self, w, g, state, *, lr, step, decayed):
        w += lr * g


class WholeVector(Momentum):
    """Uses a norm over what it is given, so that slices give another answer than the whole."""

    def update(self, w, g, state, *, lr, step, decayed):
        g /= 1 + np.linalg.norm(g)
        super().update(w, g, state, lr=lr, step=step, decayed=decayed)


class Restless(SGD):
    def update(self, w, g, state, *, lr, step, decayed):
        super().update(w, g, state, lr=lr, step=step, decayed=decayed)
        w += 1e-4


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [(Uphill(), "on a bowl"), (WholeVector(), "other bits"), (Restless(), "without a gradient")],
)
def test_a_wrong_optimizer_is_caught(optimizer, message):
    with np.errstate(over="ignore"), pytest.raises(AssertionError, match=message):
        check_optimizer(optimizer)


def test_assert_slope_wants_the_right_shape():
    with pytest.raises(AssertionError, match="expected shape"):
        assert_slope(lambda x: float(x.sum()), np.zeros(3), np.ones(2), "sum")
