import numpy as np
import pytest

from homespun.nn import glorot_uniform, he_normal, lecun_normal, uniform


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (uniform, 1 / 3),  # of U(-1, 1)
        (glorot_uniform, 2 / (300 + 200)),  # a²/3 with a² = 6 / (n_in + n_out)
        (he_normal, 2 / 300),
        (lecun_normal, 1 / 300),
    ],
)
def test_mean_and_variance(initializer, variance):
    W = initializer(np.random.default_rng(0), (300, 200), 300, 200)
    assert W.shape == (300, 200)
    assert abs(W.mean()) < 4 * np.sqrt(variance / W.size)
    np.testing.assert_allclose(W.var(), variance, rtol=0.02)
