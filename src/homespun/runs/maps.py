"""Maps: where pictures lie by their pixels, and where by what the last hidden layer is given."""

from __future__ import annotations

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from homespun.models import Model
from homespun.nn import Chain
from homespun.training import Workers, predict_logits
from homespun.types import ByteArray, FloatArray, IntArray

_MOST_PERPLEXITY = 30.0
_ITERATIONS = 500


def subset(n: int, most: int, seed: int) -> IntArray:
    """Return at most `most` of the numbers below n, drawn with the seed, in rising order."""
    return np.sort(np.random.default_rng(seed).permutation(n)[:most])


def hidden(model: Model, images: ByteArray, threads: int | None = None) -> FloatArray:
    """Return (n_samples, n_hidden): what the network's last layer is given.

    A network that is no chain of layers keeps its insides to itself; then these are its logits.
    """
    network, params = model.network, model.parameters.views
    if isinstance(network, Chain) and len(network.layers) > 1:
        network = Chain(*network.layers[:-1])
    with Workers(threads) as workers:
        values = predict_logits(network, params, model.scaling, images, workers)
    return values.reshape(len(images), -1)


def tsne(values: FloatArray, seed: int) -> FloatArray:
    """Return places (n_samples, 2) in which what lies near in `values` lies near again.

    One thread and a seed: the same bits each time on one machine. Source: van der Maaten and
    Hinton, 2008, by scikit-learn.

    Args:
        values: (n_samples, n_values), at least four samples.
        seed: decides all that is random.
    """
    perplexity = min(_MOST_PERPLEXITY, (len(values) - 1) / 3)
    how = TSNE(
        init="random" if values.shape[1] < 2 or not values.std() else "pca",
        max_iter=_ITERATIONS,
        perplexity=perplexity,
        random_state=seed % 2**32,
        n_jobs=1,
    )
    with threadpool_limits(1):
        places: FloatArray = how.fit_transform(values.astype(np.float32))
    return places
