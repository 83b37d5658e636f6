"""What a network must beat to be worth its trouble: simpler ways to answer, on the same pictures.

The article's network is trained here in the way of today (biases, softmax, shuffled small batches,
Adam, a falling learning rate), which takes seconds and makes it better than the article's own
training of minutes did, so that it is no straw man; `homespun article` replays that one.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid
from threadpoolctl import threadpool_limits

from homespun.data import Dataset
from homespun.nn import Chain, Dense, Flatten, Sigmoid
from homespun.optim import Adam, OneCycle
from homespun.training import Plan, Workers, predict_logits, train
from homespun.types import Array, FloatArray, IntArray

_N_REGRESSION = 10_000
_ITERATIONS = 60
_MOST_WEIGHTS = 500_000
"""Logistic regressions of more weights learn from fewer pictures, to be done in seconds."""
_FEWEST = 1000
_MOST_EPOCHS = 20
_MOST_NUMBERS = 10**9
"""Pixels that the article's network is shown in all epochs together: some ten seconds of them."""
_MOST_VALUES = 2**27
"""Pixel values that the means are taken of, half a gigabyte; Fashion-MNIST has a third of them."""
_BLOCK = 2**24
_HIDDEN = 50
_BATCH = 128


@dataclass(frozen=True, eq=False)
class Rival:
    """Another way to answer.

    Attributes:
        name: what it is called.
        how: how it came to its answers, in a few words.
        answers: (n_test,) its answers for the test pictures.
    """

    name: str
    how: str
    answers: IntArray


def rivals(data: Dataset, test: Dataset, seed: int, threads: int | None = None) -> list[Rival]:
    """Return the simple ways, each fitted on `data` and asked about `test`.

    The result depends on data and seed alone, not on the number of threads.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        # Many classes are no mistake, and the words say how far the regression went.
        warnings.simplefilter("ignore", UserWarning)
        return [
            _most_frequent(data, test),
            _nearest_centroid(data, test, seed),
            _logistic_regression(data, test, seed),
            _article_network(data, test, seed, threads),
        ]


@dataclass(frozen=True)
class PairedTest:
    """Two ways to answer, held against each other on the same pictures.

    Attributes:
        only_first: pictures that the first alone gets right.
        only_second: pictures that the second alone gets right.
        p: how often chance alone would split these at least so unevenly.
    """

    only_first: int
    only_second: int
    p: float


def mcnemar(first_right: Array, second_right: Array) -> PairedTest:
    """Return McNemar's exact test of two arrays (n_samples,) that say who was right where.

    Source: McNemar, 1947; exact by the binomial distribution of the pictures on which they differ.
    """
    first = int(np.count_nonzero(first_right & ~second_right))
    second = int(np.count_nonzero(second_right & ~first_right))
    p = binomtest(first, first + second).pvalue if first + second else 1.0
    return PairedTest(first, second, float(p))


def _most_frequent(data: Dataset, test: Dataset) -> Rival:
    counts = np.bincount(data.labels, minlength=data.n_classes)
    answer = int(counts.argmax())
    return Rival(
        "most frequent class",
        f"always answers {data.class_names[answer]}",
        np.full(len(test), answer),
    )


def _nearest_centroid(data: Dataset, test: Dataset, seed: int) -> Rival:
    few = _some(data, _MOST_VALUES // data.images[0].size, seed)
    fitted = NearestCentroid().fit(_pixels(few), few.labels)
    how = "the class whose mean picture is nearest"
    if len(few) < len(data):
        how += f", of {len(few):,} pictures"
    return Rival("nearest centroid", how, _answers(fitted, test))


def _logistic_regression(data: Dataset, test: Dataset, seed: int) -> Rival:
    n_weights = data.images[0].size * data.n_classes
    n = min(len(data), max(_FEWEST, _N_REGRESSION * _MOST_WEIGHTS // max(n_weights, _MOST_WEIGHTS)))
    chosen = _some(data, n, seed)
    if len(np.unique(chosen.labels)) < 2:
        return _most_frequent(data, test)
    model = LogisticRegression(max_iter=_ITERATIONS)
    model.fit(_pixels(chosen), chosen.labels)
    return Rival(
        "logistic regression",
        f"{n:,} pictures, {_ITERATIONS} steps of L-BFGS",
        _answers(model, test),
    )


def _article_network(data: Dataset, test: Dataset, seed: int, threads: int | None) -> Rival:
    numbers = len(data) * data.images[0].size
    epochs = min(_MOST_EPOCHS, max(1, _MOST_NUMBERS // numbers))
    plan = Plan(
        network=Chain(Flatten(), Dense(_HIDDEN), Sigmoid(), Dense(data.n_classes)),
        optimizer=Adam(),
        schedule=OneCycle(lr=4e-3, total_steps=epochs * math.ceil(len(data) / _BATCH)),
        epochs=epochs,
        batch_size=_BATCH,
        seed=seed,
    )
    result = train(plan, data, threads=threads)
    with Workers(threads) as workers:
        logits = predict_logits(
            plan.network, result.parameters.views, result.scaling, test.images, workers
        )
    return Rival(
        "the article's network",
        f"{_HIDDEN} sigmoids in one hidden layer, {epochs} epochs of Adam",
        logits.argmax(axis=1),
    )


def _some(data: Dataset, most: int, seed: int) -> Dataset:
    """Return at most so many pictures, drawn with the seed."""
    if len(data) <= most:
        return data
    return data.take(np.sort(np.random.default_rng(seed).permutation(len(data))[:most]))


def _answers(fitted: NearestCentroid | LogisticRegression, test: Dataset) -> IntArray:
    """Return its answers, block by block: the pictures may be more than fit into memory."""
    n = max(1, _BLOCK // test.images[0].size)
    blocks = [test.take(slice(i, i + n)) for i in range(0, len(test), n)]
    return np.concatenate([fitted.predict(_pixels(block)) for block in blocks])


def _pixels(data: Dataset) -> FloatArray:
    return data.in_memory().images.reshape(len(data), -1).astype(np.float32) / 255
