"""The contract of a layer as one call, for our layers and for a user's own."""

from __future__ import annotations

import numpy as np

from homespun.nn import Layer, Parameters
from homespun.testing.gradients import assert_slope
from homespun.types import FloatArray, Shape

_RNG_SEED = 1


def check_layer(layer: Layer, in_shape: Shape, *, batch: int = 3, seed: int = 0) -> None:
    """Assert that `layer` keeps the layer contract for inputs of `in_shape`.

    Looked at: the shapes that `init` promises; gradients of the input and of every parameter
    against finite differences in float64, to 1e-6, in training and in prediction; gradients are
    added, also where the layer stands twice; a batch gives what its samples give one by one;
    float32 in, float32 out; nothing that was passed in is changed.

    Args:
        layer: what is checked.
        in_shape: the shape of one sample.
        batch: how many samples to try with.
        seed: draws the weights and the samples; another seed avoids a kink that was hit.

    Raises:
        AssertionError: a line that says which part of the contract is broken.
    """
    rng = np.random.default_rng(seed)
    params, out_shape = layer.init(rng, in_shape)
    p = Parameters(params, np.float64)
    p.vector += 0.1 * rng.standard_normal(p.vector.shape)  # zeros would hide errors
    x = rng.standard_normal((batch, *in_shape))
    y, _ = layer.forward(p.views, x, train=False, rng=_rng())
    assert y.shape == (batch, *out_shape), (
        f"{layer}: init promises an output of shape {(batch, *out_shape)}, forward gives {y.shape}"
    )
    for train in (False, True):
        _check_nothing_changes(layer, p, x, train)
        _check_gradients(layer, p, x, train)
        _check_float32(layer, p, x, train)
    _check_two_uses(layer, p, x)
    _check_one_by_one(layer, p, x)


def _rng() -> np.random.Generator:
    """Return the same randomness for every pass, so that passes can be compared."""
    return np.random.default_rng(_RNG_SEED)


def _check_gradients(layer: Layer, p: Parameters, x: FloatArray, train: bool) -> None:
    y, backward = layer.forward(p.views, x, train=train, rng=_rng())
    dy = np.random.default_rng(2).standard_normal(y.shape)
    grads = p.zeros_like()
    dx = backward(dy, grads.views)

    def value_at(x: FloatArray) -> float:
        return float(np.sum(layer.forward(p.views, x, train=train, rng=_rng())[0] * dy))

    def value_with(vector: FloatArray) -> float:
        moved = p.with_vector(vector)
        return float(np.sum(layer.forward(moved.views, x, train=train, rng=_rng())[0] * dy))

    assert_slope(value_at, x, dx, f"{layer}, gradient of the input, train={train}")
    if p.vector.size:
        what = f"{layer}, gradient of the parameters, train={train}"
        assert_slope(value_with, p.vector, grads.vector, what)
    without = p.zeros_like()
    _, backward = layer.forward(p.views, x, train=train, rng=_rng())
    backward(dy, without.views, need_dx=False)
    np.testing.assert_allclose(
        without.vector, grads.vector, err_msg=f"{layer}: need_dx=False changes other gradients"
    )


def _check_two_uses(layer: Layer, p: Parameters, x: FloatArray) -> None:
    """Fail a layer that keeps its batch on itself, or assigns its gradients."""
    first, second = x, x[::-1] * 0.5
    y1, backward1 = layer.forward(p.views, first, train=False, rng=_rng())
    y2, backward2 = layer.forward(p.views, second, train=False, rng=_rng())
    both = p.zeros_like()
    dx2 = backward2(np.ones_like(y2), both.views)
    dx1 = backward1(np.ones_like(y1), both.views)
    apart = p.zeros_like()
    for sample, dx in ((first, dx1), (second, dx2)):
        y, backward = layer.forward(p.views, sample, train=False, rng=_rng())
        alone = p.zeros_like()
        np.testing.assert_allclose(
            backward(np.ones_like(y), alone.views),
            dx,
            err_msg=f"{layer}: used twice, the input's gradient is that of another batch",
        )
        apart.vector += alone.vector
    np.testing.assert_allclose(
        both.vector,
        apart.vector,
        rtol=1e-9,
        atol=1e-12,
        err_msg=f"{layer}: used twice, the gradients must add up",
    )


def _check_one_by_one(layer: Layer, p: Parameters, x: FloatArray) -> None:
    together, _ = layer.forward(p.views, x, train=False, rng=_rng())
    apart = [
        layer.forward(p.views, x[i : i + 1], train=False, rng=_rng())[0] for i in range(len(x))
    ]
    np.testing.assert_allclose(
        together,
        np.concatenate(apart),
        rtol=1e-9,
        atol=1e-12,
        err_msg=f"{layer}: a batch gives something else than its samples one by one",
    )


def _check_float32(layer: Layer, p: Parameters, x: FloatArray, train: bool) -> None:
    single = Parameters(p.views, np.float32)
    y, backward = layer.forward(single.views, x.astype(np.float32), train=train, rng=_rng())
    assert y.dtype == np.float32, f"{layer}: float32 in, {y.dtype} out"
    dx = backward(np.ones_like(y), single.zeros_like().views)
    assert dx.dtype == np.float32, f"{layer}: a float32 gradient goes in, {dx.dtype} comes back"


def _check_nothing_changes(layer: Layer, p: Parameters, x: FloatArray, train: bool) -> None:
    x_before, p_before = x.copy(), p.vector.copy()
    y, backward = layer.forward(p.views, x, train=train, rng=_rng())
    dy = np.ones_like(y)
    backward(dy, p.zeros_like().views)
    assert np.array_equal(x, x_before), f"{layer}: changes its input"
    assert np.array_equal(p.vector, p_before), f"{layer}: changes its parameters"
    assert np.array_equal(dy, np.ones_like(y)), f"{layer}: changes the gradient that it was given"
