"""What a network must beat to be worth its trouble: simpler ways to answer, on the same pictures.

The article's network is trained here for a few epochs with what is known today (biases, softmax,
shuffled small batches, Adam), since its own training takes minutes; `homespun article` replays it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid
from threadpoolctl import threadpool_limits

from homespun.data import Dataset
from homespun.nn import Chain, Dense, Flatten, Sigmoid
from homespun.optim import Adam, Constant
from homespun.training import Plan, Workers, predict_logits, train
from homespun.types import Array, FloatArray, IntArray

_N_REGRESSION = 10_000
_ITERATIONS = 60
_MOST_WEIGHTS = 500_000
"""Logistic regressions of more weights learn from fewer pictures, to be done in seconds."""
_FEWEST = 1000
_EPOCHS = 5
_HIDDEN = 50


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


def rivals(data: Dataset, test: Dataset, seed: int) -> list[Rival]:
    """Return the simple ways, each fitted on `data` and asked about `test`.

    The result depends on data and seed alone.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        # Many classes are no mistake, and the words say how far the regression went.
        warnings.simplefilter("ignore", UserWarning)
        return [
            make(data, test, seed)
            for make in (_most_frequent, _nearest_centroid, _logistic_regression, _article_network)
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


def _most_frequent(data: Dataset, test: Dataset, seed: int) -> Rival:
    counts = np.bincount(data.labels, minlength=data.n_classes)
    answer = int(counts.argmax())
    return Rival(
        "most frequent class",
        f"always answers {data.class_names[answer]}",
        np.full(len(test), answer),
    )


def _nearest_centroid(data: Dataset, test: Dataset, seed: int) -> Rival:
    fitted = NearestCentroid().fit(_pixels(data), data.labels)
    return Rival(
        "nearest centroid", "the class whose mean picture is nearest", fitted.predict(_pixels(test))
    )


def _logistic_regression(data: Dataset, test: Dataset, seed: int) -> Rival:
    n_weights = data.images[0].size * data.n_classes
    n = min(len(data), max(_FEWEST, _N_REGRESSION * _MOST_WEIGHTS // max(n_weights, _MOST_WEIGHTS)))
    chosen = data.take(np.sort(np.random.default_rng(seed).permutation(len(data))[:n]))
    if len(np.unique(chosen.labels)) < 2:
        return _most_frequent(data, test, seed)
    model = LogisticRegression(max_iter=_ITERATIONS)
    model.fit(_pixels(chosen), chosen.labels)
    return Rival(
        "logistic regression",
        f"{n:,} pictures, {_ITERATIONS} steps of L-BFGS",
        model.predict(_pixels(test)),
    )


def _article_network(data: Dataset, test: Dataset, seed: int) -> Rival:
    plan = Plan(
        network=Chain(Flatten(), Dense(_HIDDEN), Sigmoid(), Dense(data.n_classes)),
        optimizer=Adam(),
        schedule=Constant(2e-3),
        epochs=_EPOCHS,
        batch_size=128,
        seed=seed,
    )
    result = train(plan, data, threads=1)
    with Workers(1) as workers:
        logits = predict_logits(
            plan.network, result.parameters.views, result.scaling, test.images, workers
        )
    return Rival(
        "the article's network",
        f"{_HIDDEN} sigmoids in one hidden layer, {_EPOCHS} epochs of Adam",
        logits.argmax(axis=1),
    )


def _pixels(data: Dataset) -> FloatArray:
    return data.images.reshape(len(data), -1).astype(np.float32) / 255
