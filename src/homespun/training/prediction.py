"""The way forward alone, shard by shard: what validation and prediction share."""

from __future__ import annotations

from collections import deque

import numpy as np

from homespun.data import Scaling
from homespun.nn import Layer, named_arrays
from homespun.training.randomness import Purpose, generator
from homespun.training.workers import Workers
from homespun.types import Array, FloatArray, Params

_SHARD = 100
"""Pictures a shard: enough for full speed, few enough to stay in cache."""


def predict_logits(
    network: Layer, params: Params, scaling: Scaling, images: Array, workers: Workers
) -> FloatArray:
    """Return logits (n_samples, n_out) for `images` (n_samples, height, width, channel).

    They are computed in the type of the weights.
    """
    starts = deque(range(0, len(images), _SHARD))
    pieces: dict[int, FloatArray] = {}
    dtype = np.result_type(np.float32, *named_arrays(params).values())
    rng = generator(0, Purpose.SHARD)  # not drawn from: nothing is random in prediction

    def run(worker: int) -> None:
        while starts:
            try:
                start = starts.popleft()
            except IndexError:  # another thread took the last one
                return
            x = scaling(images[start : start + _SHARD], dtype)
            pieces[start], _backward = network.forward(params, x, train=False, rng=rng)

    workers.run(run)
    return np.concatenate([pieces[start] for start in sorted(pieces)])
