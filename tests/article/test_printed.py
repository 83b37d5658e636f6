from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.special
from numpy.testing import assert_allclose, assert_array_equal

from homespun.article import printed


def test_where_nothing_overflows_the_printed_forms_are_right() -> None:
    z = np.random.default_rng(0).normal(size=(4, 5))
    assert_allclose(printed.sigmoid(z), scipy.special.expit(z))
    assert_allclose(printed.softmax(z), scipy.special.softmax(z, axis=1))


def test_mle_is_the_place_of_the_largest() -> None:
    y = np.array([[1.0, 3.0, 2.0], [9.0, 0.0, 8.0]])
    assert_array_equal(printed.mle(y), [1, 0])
    assert_array_equal(printed.mle(y, axis=0), [1, 0, 1])


def test_cross_entropy_sums_along_the_axis_it_is_told() -> None:
    outputs = np.array([[0.5, 0.25], [0.5, 0.125]])
    targets = np.array([[1.0, 1.0], [0.0, 1.0]])
    assert_allclose(printed.cross_entropy(outputs, targets, axis=1), np.log([8, 8]))
    assert_allclose(printed.cross_entropy(outputs, targets, axis=0), [math.log(2), math.log(32)])


@pytest.mark.parametrize(("penalty", "expected"), [(printed.l1_reg, 3.0), (printed.l2_reg, 7.5)])
def test_penalties_by_hand(penalty, expected: float) -> None:
    # |1| + |-2| + |1| + |-2| + |0| = 6 and 1 + 4 + 1 + 4 + 0 = 10, times lambda / 2.
    w1, w2 = np.array([[1.0, -2.0]]), np.array([[1.0], [-2.0], [0.0]])
    assert penalty(1.0 if penalty is printed.l1_reg else 1.5, w1, w2) == expected
