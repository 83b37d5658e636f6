from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
from numpy.testing import assert_allclose, assert_array_equal

from homespun.errors import SettingError, ShapeError
from homespun.nn.functions import (
    cross_entropy,
    neuron,
    one_hot,
    sigmoid,
    sigmoid_prime,
    softmax,
)

FLOATS = [np.float32, np.float64]


def everything_finite(dtype: type) -> np.ndarray:
    """Zeros, ones, the largest and the smallest numbers of the type, on both sides of 0."""
    info = np.finfo(dtype)
    ends = [0, info.smallest_subnormal, info.tiny, info.eps, 1, 80, 100, 709, 1e4, info.max]
    grid = np.linspace(-30, 30, 601)
    return np.concatenate([ends, np.negative(ends), grid]).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
def test_sigmoid_is_scipys_for_any_finite_input(dtype: type) -> None:
    z = everything_finite(dtype)
    with np.errstate(all="raise", under="ignore"):
        s = sigmoid(z)
    assert s.dtype == dtype
    expected = scipy.special.expit(z.astype(np.float64))
    # Results below the smallest normal number cannot keep their relative precision.
    info = np.finfo(dtype)
    assert_allclose(s, expected, rtol=4 * info.eps, atol=info.tiny * info.eps)


def test_sigmoid_keeps_its_digits_far_out() -> None:
    # exp(-700) / (1 + exp(-700)) is exp(-700) to the last digit.
    assert sigmoid(-700.0) == pytest.approx(math.exp(-700), rel=1e-14)


def test_sigmoid_by_hand() -> None:
    assert_allclose(sigmoid([0, math.log(3), -math.log(3)]), [1 / 2, 3 / 4, 1 / 4])


def test_sigmoid_takes_scalars_and_empty_arrays() -> None:
    assert sigmoid(0).shape == ()
    assert sigmoid(np.zeros((0, 3), np.float32)).shape == (0, 3)


def test_sigmoid_passes_nan_on() -> None:
    assert np.isnan(sigmoid(np.array([np.nan]))).all()


@pytest.mark.parametrize("function", [sigmoid, sigmoid_prime, softmax])
def test_input_stays_as_it_is(function) -> None:
    z = np.array([[-1.0, 2.0, 0.5]])
    function(z)
    assert_array_equal(z, [[-1.0, 2.0, 0.5]])


@pytest.mark.parametrize("function", [sigmoid, sigmoid_prime, softmax])
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint8, bool])
def test_whole_numbers_become_float64(function, dtype: type) -> None:
    z = np.array([[1, 0, 1]], dtype)
    assert function(z).dtype == np.float64
    assert_allclose(function(z), function(z.astype(np.float64)))


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(TypeError):
        sigmoid(np.array([1j]))


@pytest.mark.parametrize("dtype", FLOATS)
def test_sigmoid_prime_is_finite_everywhere(dtype: type) -> None:
    with np.errstate(all="raise", under="ignore"):
        slope = sigmoid_prime(everything_finite(dtype))
    assert slope.dtype == dtype
    assert np.isfinite(slope).all()
    assert slope.max() == 0.25


def test_sigmoid_prime_is_the_slope_of_the_sigmoid() -> None:
    z, step = np.linspace(-8, 8, 101), 1e-5
    slope = (scipy.special.expit(z + step) - scipy.special.expit(z - step)) / (2 * step)
    assert_allclose(sigmoid_prime(z), slope, rtol=1e-6)


def test_sigmoid_prime_is_the_logistic_density_on_both_ends() -> None:
    z = np.array([-600.0, -40, 40, 600])
    assert_allclose(sigmoid_prime(z), scipy.stats.logistic.pdf(z), rtol=1e-12)


def test_softmax_of_the_articles_example() -> None:
    expected = [0.00214401, 0.0158422, 0.11705891, 0.86495488]
    assert_allclose(softmax([2, 4, 6, 8]), expected, atol=5e-9)


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_is_scipys_over_the_last_axis(dtype: type) -> None:
    z = np.random.default_rng(0).normal(scale=20, size=(2, 5, 7)).astype(dtype)
    p = softmax(z)
    assert p.dtype == dtype
    assert_allclose(p, scipy.special.softmax(z, axis=-1), rtol=20 * np.finfo(dtype).eps)
    assert_allclose(p.sum(axis=-1), 1, rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_of_the_largest_numbers(dtype: type) -> None:
    big = np.finfo(dtype).max
    with np.errstate(all="raise", under="ignore"):
        p = softmax(np.array([[big, big], [big, -big], [-big, -big]], dtype))
    assert_array_equal(p, [[0.5, 0.5], [1, 0], [0.5, 0.5]])


@pytest.mark.parametrize("z", [1.0, np.zeros((3, 0))])
def test_softmax_needs_classes(z) -> None:
    with pytest.raises(ShapeError, match="n_classes"):
        softmax(z)


def test_one_hot_by_hand() -> None:
    encoded = one_hot([2, 0], 3)
    assert encoded.dtype == np.float64
    assert_array_equal(encoded, [[0, 0, 1], [1, 0, 0]])


def test_one_hot_is_rows_of_the_identity() -> None:
    y = np.random.default_rng(0).integers(0, 5, size=(4, 6)).astype(np.uint8)
    assert_array_equal(one_hot(y, 5, np.float32), np.eye(5, dtype=np.float32)[y])
    assert one_hot(y, 5, np.float32).dtype == np.float32


def test_one_hot_of_nothing() -> None:
    assert one_hot([], 4).shape == (0, 4)


@pytest.mark.parametrize(("y", "found"), [([0, 3], "0 to 3"), ([-1], "-1"), ([0.5], "float64")])
def test_one_hot_refuses_labels_without_a_class(y: list[float], found: str) -> None:
    with pytest.raises(SettingError, match=found):
        one_hot(y, 3)


def test_cross_entropy_by_hand() -> None:
    # -log(1/4), and -(1/2 log(1/2) + 1/2 log(1/4)) = 3/2 log 2.
    p = [[0.25, 0.75], [0.5, 0.25]]
    t = [[1, 0], [0.5, 0.5]]
    assert_allclose(cross_entropy(p, t), [2 * math.log(2), 1.5 * math.log(2)])


@pytest.mark.parametrize("dtype", FLOATS)
def test_cross_entropy_is_entropy_plus_scipys_divergence(dtype: type) -> None:
    rng = np.random.default_rng(0)
    p, t = (rng.dirichlet(np.ones(6), size=(3, 4)).astype(dtype) for _ in range(2))
    expected = (scipy.special.entr(t) + scipy.special.rel_entr(t, p)).sum(axis=-1)
    assert cross_entropy(p, t).dtype == dtype
    assert_allclose(cross_entropy(p, t), expected, rtol=20 * np.finfo(dtype).eps)


@pytest.mark.parametrize(("dtype", "nats"), [(np.float32, 87.3), (np.float64, 708.4)])
def test_cross_entropy_of_a_sure_and_wrong_answer_is_finite(dtype: type, nats: float) -> None:
    p = np.array([[0, 1], [1, 0]], dtype)
    with np.errstate(all="raise"):
        loss = cross_entropy(p, [[1, 0], [1, 0]])
    assert_allclose(loss, [nats, 0], atol=0.05)


def test_cross_entropy_wants_equal_shapes() -> None:
    with pytest.raises(ShapeError, match=r"\(2, 3\) and \(3,\)"):
        cross_entropy(np.ones((2, 3)), np.ones(3))


def test_neuron_by_hand() -> None:
    # 1 * 2 + 3 * -1 + 1 = 0, and the sigmoid of 0 is a half.
    assert neuron([1, 3], [2, -1], 1) == 0.5


def test_neuron_with_another_activation_answers_a_whole_batch() -> None:
    x = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    w = np.array([1, 0, -1], np.float32)
    y = neuron(x, w, 0.5, lambda z: z)
    assert y.dtype == np.float32
    assert_array_equal(y, np.full((2, 2), -1.5))


@pytest.mark.parametrize(("x", "w"), [([1, 2], [1, 2, 3]), (1, 1), ([1, 2], [[1, 2]])])
def test_neuron_wants_a_weight_for_each_input(x, w) -> None:
    with pytest.raises(ShapeError, match="n_in"):
        neuron(x, w)
