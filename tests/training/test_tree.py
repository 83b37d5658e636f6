import numpy as np
import pytest

from homespun.training.tree import additions, tree_sum


def test_five_are_added_as_by_hand():
    """((0 + 1) + (2 + 3)) + 4"""
    assert list(additions(5)) == [(0, 1, 2), (2, 3, 4), (0, 2, 4), (0, 4, 5)]
    assert list(additions(1)) == []


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 13])
def test_tree_sum_is_a_sum_in_a_fixed_order(n):
    arrays = [np.full(3, 2.0**i) for i in range(n)]
    assert tree_sum(arrays).tolist() == [2.0**n - 1] * 3


def test_tree_sum_adds_pairs_first():
    """1e8 + 1 is 1e8 in float32: pairs keep (1 + 1), a running sum loses both."""
    arrays = [np.array([v], np.float32) for v in (1e8, -1e8, 1.0, 1.0)]
    assert tree_sum(arrays).tolist() == [2.0]
    arrays = [np.array([v], np.float32) for v in (1e8, 1.0, -1e8, 1.0)]
    assert tree_sum(arrays).tolist() == [0.0]
