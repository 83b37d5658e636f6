import numpy as np
import pytest

from homespun.nn.channels import for_long_rows, long_rows, sum_by_channel


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (2, 4, 5, 3)])
def test_the_same_as_numpys_own(shape):
    rng = np.random.default_rng(0)
    x, v = rng.standard_normal(shape), rng.standard_normal(3)
    np.testing.assert_allclose(sum_by_channel(x), x.reshape(-1, 3).sum(axis=0))
    np.testing.assert_array_equal((long_rows(x) + for_long_rows(v, x)).reshape(shape), x + v)
    assert np.shares_memory(long_rows(x), x)
