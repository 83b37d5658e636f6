from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.mpi.route import own, route
from homespun.training.tree import additions, tree_sum

COUNTS = st.integers(1, 12), st.integers(1, 40)


@given(*COUNTS)
def test_shards_are_shared_out_in_rows_as_evenly_as_can_be(n_ranks: int, n: int) -> None:
    shares = [own(rank, n_ranks, n) for rank in range(n_ranks)]
    assert [shard for share in shares for shard in share] == list(range(n))
    lengths = [len(share) for share in shares]
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) == -(-n // n_ranks)


def test_four_shards_as_one_would_share_them_by_hand() -> None:
    """((0 + 1) + (2 + 3)): whole subtrees for two ranks; of three, two own a leaf."""
    assert route(2, 4).inside == (((0, 1),), ((2, 3),))
    assert route(2, 4).roots == ((0,), (2,))
    assert route(2, 4).outside == ((0, 2),)
    assert route(3, 4).inside == (((0, 1),), (), ())
    assert route(3, 4).roots == ((0,), (2,), (3,))
    assert route(3, 4).outside == ((2, 3), (0, 2))
    assert route(6, 4).roots == ((0,), (1,), (), (2,), (3,), ())


def test_neighbours_of_different_subtrees_stay_apart() -> None:
    """Of eight shards on three ranks the second has 3 and 4 | 5, which belong to three subtrees."""
    assert route(3, 8).inside[1] == ((4, 5),)
    assert route(3, 8).roots == ((0, 2), (3, 4), (6,))
    assert route(3, 8).n_rounds == 2


@given(*COUNTS)
def test_each_addition_of_the_tree_is_made_once_and_by_who_can(n_ranks: int, n: int) -> None:
    way = route(n_ranks, n)
    made = [pair for inside in way.inside for pair in inside] + list(way.outside)
    assert sorted(made) == sorted((into, other) for into, other, _ in additions(n))
    for rank, inside in enumerate(way.inside):
        assert set(np.ravel(inside).tolist()) <= set(own(rank, n_ranks, n))


@given(*COUNTS, st.integers(0, 2**32 - 1))
def test_the_sum_is_that_of_one_process_bit_for_bit(n_ranks: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = (10.0 ** rng.integers(-6, 7, n) * rng.normal(size=n)).astype(np.float32)
    way = route(n_ranks, n)
    sums = [np.array([value]) for value in values]
    for into, other in [pair for inside in reversed(way.inside) for pair in inside]:
        sums[into] += sums[other]
    roots = {root: sums[root] for own in way.roots for root in own}
    for into, other in way.outside:
        roots[into] += roots[other]
    assert roots[0].tobytes() == tree_sum([np.array([value]) for value in values]).tobytes()


@pytest.mark.parametrize("n", [4, 8, 64])
def test_two_ranks_exchange_one_subtree_each(n: int) -> None:
    assert route(2, n).n_rounds == 1
