"""The fixed tree in which the shards of a batch are added up, whoever adds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from homespun.types import FloatArray


def additions(n: int) -> Iterator[tuple[int, int, int]]:
    """Yield the additions that sum `n` arrays: pairs, pairs of pairs and so on, in their order.

    Each is (into, other, end): array `other` is added into array `into`, which then holds the sum
    of all from `into` to `end` - 1. After the last, array 0 holds the sum of all.
    """
    stride = 1
    while stride < n:
        for i in range(0, n - stride, 2 * stride):
            yield i, i + stride, min(i + 2 * stride, n)
        stride *= 2


def tree_sum(arrays: Sequence[FloatArray]) -> FloatArray:
    """Return the sum of `arrays`, added in pairs, pairs of pairs and so on, into the first one.

    The order depends on their number alone. Whoever owns a whole subtree can add it up by itself.
    """
    for into, other, _end in additions(len(arrays)):
        np.add(arrays[into], arrays[other], out=arrays[into])
    return arrays[0]
