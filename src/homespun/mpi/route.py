"""Who adds up what: the one tree of a batch's shards, shared out between ranks.

Each rank has a row of neighbouring shards, and so whole subtrees: it adds these up by itself. What
is left are additions of subtrees of different ranks, which are made on whoever is asked for a piece
of the vectors.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from homespun.training.tree import additions


def own(rank: int, n_ranks: int, n: int) -> range:
    """Return which of `n` shards are this rank's: as many for each as can be, some maybe none."""
    return range(-(-n * rank // n_ranks), -(-n * (rank + 1) // n_ranks))


@dataclass(frozen=True)
class Route:
    """The additions of one tree, by who makes them.

    Attributes:
        inside: for each rank the pairs (into, other) of its own shards, in their order.
        roots: for each rank the shards that hold the sums of its subtrees after that.
        outside: the pairs of roots that are left, in their order; after them shard 0 holds the sum.
    """

    inside: tuple[tuple[tuple[int, int], ...], ...]
    roots: tuple[tuple[int, ...], ...]
    outside: tuple[tuple[int, int], ...]

    @property
    def n_rounds(self) -> int:
        """The most roots that a rank has."""
        return max(map(len, self.roots))


@functools.lru_cache(maxsize=16)
def route(n_ranks: int, n: int) -> Route:
    """Return who makes the additions of `n` shards on `n_ranks` ranks."""
    shares = [own(rank, n_ranks, n) for rank in range(n_ranks)]
    inside: list[list[tuple[int, int]]] = [[] for _ in shares]
    outside: list[tuple[int, int]] = []
    for into, other, end in additions(n):
        makers = [rank for rank, share in enumerate(shares) if into in share and end - 1 in share]
        (inside[makers[0]] if makers else outside).append((into, other))
    roots = [
        sorted(set(share) - {other for _, other in done})
        for share, done in zip(shares, inside, strict=True)
    ]
    return Route(tuple(map(tuple, inside)), tuple(map(tuple, roots)), tuple(outside))
