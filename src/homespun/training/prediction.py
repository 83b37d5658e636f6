"""The way forward alone, shard by shard: what validation and prediction share."""

from __future__ import annotations

from collections import deque

import numpy as np

from homespun.data import Scaling
from homespun.nn import Layer, forward_only, named_arrays
from homespun.training.randomness import Purpose, generator
from homespun.training.ranks import ALONE, Ranks
from homespun.training.workers import Workers, available_threads
from homespun.types import Array, FloatArray, Params

_SHARD = 100
"""Pictures a shard: enough for full speed, few enough to stay in cache."""

_NO_DRAWS = generator(0, Purpose.SHARD)
"""What layers get for randomness: in prediction none draws from it."""


def workers_for(n_samples: int, threads: int | None = None) -> Workers:
    """Return workers for predicting `n_samples`: no more than there are shards.

    Starting a thread and waking it takes as long as some layers take for one picture.
    """
    n_shards = max(1, -(-n_samples // _SHARD))
    return Workers(min(available_threads() if threads is None else threads, n_shards))


def predict_logits(
    network: Layer,
    params: Params,
    scaling: Scaling,
    images: Array,
    workers: Workers,
    ranks: Ranks = ALONE,
) -> FloatArray:
    """Return logits (n_samples, n_out) for `images` (n_samples, height, width, channel).

    They are computed in the type of the weights. Several ranks each compute their part, and each
    gets all; the bits do not depend on how many there are.
    """
    shards = range(0, len(images), _SHARD)
    mine = ranks.own(len(shards))
    # a rank without a part computes one nevertheless, for its shape, and gives none of it
    starts = deque(shards[mine.start : mine.stop] or shards[:1])
    pieces: dict[int, FloatArray] = {}
    dtype = np.result_type(np.float32, *named_arrays(params).values())

    def run(worker: int) -> None:
        while starts:
            try:
                start = starts.popleft()
            except IndexError:  # another thread took the last one
                return
            x = scaling(images[start : start + _SHARD], dtype)
            pieces[start] = forward_only(network, params, x, _NO_DRAWS)

    if len(starts) == 1:
        run(0)
    else:
        workers.run(run)
    piece = np.concatenate([pieces[start] for start in sorted(pieces)])
    return ranks.gather(piece if mine else piece[:0])
