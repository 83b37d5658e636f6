"""The article's experiment: one split of the training file, two runs as printed, one mended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale
from threadpoolctl import threadpool_limits

from homespun.article.classifier import NNClassifier
from homespun.article.mended import MendedClassifier
from homespun.article.printed import l2_reg
from homespun.data.dataset import Dataset
from homespun.types import Array, FloatArray, IntArray

Progress: TypeAlias = Callable[[str, int, int, float], None]
"""Called as `progress(part, epoch, epochs, error)` after each epoch, counted from 1."""

SEED = 42
HIDDEN_UNITS = 50
L2 = 0.5
LEARNING_RATE = 0.001
N_BATCHES = 25

MENDED_L2 = 0.0005
MENDED_N_BATCHES = 100
"""Chosen, like the default step, on 8,000 images held out of the 48,000, never on the 12,000."""

BLAS_THREADS = 2
"""As many as the figures that a replay is held to were taken with; run 1 feels the difference."""


@dataclass(frozen=True, eq=False)
class Split:
    """The two parts that the article cut the training file into."""

    train: Dataset
    test: Dataset


@dataclass(frozen=True, eq=False)
class Run:
    """What one training gave.

    Attributes:
        train, test: shares of right answers on both parts, 0 to 1.
        official: the same on the official test file, or None where that was not given.
        seconds: how long `fit` took.
        errors: the classifier's error of each epoch.
        penalties: half the L2 term at the start and at the end of each epoch.
        predictions: the predicted class of each test image, of shape (n_samples,).
        probabilities: those of each test image, of shape (n_samples, n_classes).
        blank: the class of an image whose features are all zero.
    """

    train: float
    test: float
    official: float | None
    seconds: float
    errors: list[float]
    penalties: list[float]
    predictions: IntArray
    probabilities: FloatArray
    blank: int


def split_as_printed(data: Dataset) -> Split:
    """Cut a fifth off `data` as the "test" part: scikit-learn's shuffle with seed 42."""
    train, test = train_test_split(np.arange(len(data)), test_size=0.2, random_state=SEED)
    return Split(data.take(train), data.take(test))


def raw(images: Array) -> FloatArray:
    """(n_samples, height, width, channel) -> (n_samples, n_features): 0 to 255, float64."""
    return images.reshape(len(images), -1).astype(np.float64)


def scaled_by_itself(images: Array) -> FloatArray:
    """As `raw`, each column shifted and divided by its own mean and deviation in this very part."""
    scaled: FloatArray = scale(raw(images))
    return scaled


def run_as_printed(
    part: str,
    pixels: Callable[[Array], FloatArray],
    split: Split,
    *,
    epochs: int,
    progress: Progress,
    official: Dataset | None = None,
    threads: int = BLAS_THREADS,
    clock: Callable[[], float] = time.perf_counter,
) -> Run:
    """Train the article's classifier on what `pixels` makes of the images, and look at it.

    `part` is the name that `progress` is called with, `threads` the number of BLAS threads.
    """
    X = pixels(split.train.images)
    model = NNClassifier(
        n_classes=split.train.n_classes,
        n_features=X.shape[1],
        n_hidden_units=HIDDEN_UNITS,
        l2=L2,
        epochs=epochs,
        learning_rate=LEARNING_RATE,
        n_batches=N_BATCHES,
        random_seed=SEED,
    )
    penalties = [0.5 * l2_reg(model.l2, model.w1, model.w2)]

    def note(epoch: int, error: float) -> None:
        penalties.append(0.5 * l2_reg(model.l2, model.w1, model.w2))
        progress(part, epoch, epochs, error)

    with threadpool_limits(threads, user_api="blas"):
        start = clock()
        model.fit(X, split.train.labels, progress=note)
        seconds = clock() - start
        return _look(model, pixels, X, split, official, seconds, penalties)


def run_mended(
    part: str,
    split: Split,
    *,
    epochs: int,
    progress: Progress,
    official: Dataset | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Run:
    """Train the mended classifier on raw pixels: it scales by itself."""
    X = raw(split.train.images)
    model = MendedClassifier(
        n_classes=split.train.n_classes,
        n_features=X.shape[1],
        n_hidden_units=HIDDEN_UNITS,
        l2=MENDED_L2,
        epochs=epochs,
        n_batches=min(MENDED_N_BATCHES, len(X)),
        random_seed=SEED,
    )
    # Its products are small: a second thread would mostly wait for the first.
    with threadpool_limits(1, user_api="blas"):
        start = clock()
        model.fit(X, split.train.labels, progress=lambda e, error: progress(part, e, epochs, error))
        return _look(model, raw, X, split, official, clock() - start, [])


def _look(
    model: NNClassifier | MendedClassifier,
    pixels: Callable[[Array], FloatArray],
    X: FloatArray,
    split: Split,
    official: Dataset | None,
    seconds: float,
    penalties: list[float],
) -> Run:
    X_test = pixels(split.test.images)
    return Run(
        train=model.score(X, split.train.labels),
        test=model.score(X_test, split.test.labels),
        official=None
        if official is None
        else model.score(pixels(official.images), official.labels),
        seconds=seconds,
        errors=model.error_,
        penalties=penalties,
        predictions=model.predict(X_test),
        probabilities=model.predict_proba(X_test),
        blank=int(model.predict(np.zeros_like(X_test[:1]))[0]),
    )
