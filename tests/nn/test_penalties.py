import numpy as np

from homespun.nn import l1_penalty, l2_penalty
from homespun.testing import assert_slope

W = np.array([1.0, -2.0, 0.5])


def test_l1_by_hand():
    value, dw = l1_penalty(W, 0.1)
    np.testing.assert_allclose(value, 0.35)
    np.testing.assert_allclose(dw, [0.1, -0.1, 0.1])
    assert l1_penalty(np.zeros(2), 1.0)[1].tolist() == [0, 0], "the kink"


def test_l2_by_hand():
    value, dw = l2_penalty(W, 0.1)
    np.testing.assert_allclose(value, 0.05 * 5.25)
    np.testing.assert_allclose(dw, [0.1, -0.2, 0.05])


def test_gradients_are_slopes():
    for penalty in (l1_penalty, l2_penalty):
        assert_slope(lambda w, p=penalty: p(w, 0.3)[0], W, penalty(W, 0.3)[1], penalty.__name__)
