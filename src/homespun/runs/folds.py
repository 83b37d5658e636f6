"""Labels judged by what did not learn them: the last layer fitted anew, with parts left out.

A whole network trained anew for each part would take as many times as long as the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from homespun.models.calibration import calibrated, fit_calibration
from homespun.nn import SoftmaxCrossEntropy
from homespun.types import FloatArray, IntArray

FOLDS = 5

_MOST_CALIBRATING = 5000
"""Samples that tell how large the scores should be: two numbers need no more."""
_SMALL = 1e-12
"""What the scatter counts as at least, where all values are alike."""


def out_of_fold(values: FloatArray, labels: IntArray, n_classes: int, seed: int) -> FloatArray:
    """Return (n_samples, n_classes) probabilities, each row from a fit without its own fold.

    What is fitted is a linear discriminant on `values`, such as a network's last layer is given: a
    last layer that needs one solve and no descent. One calibration for all folds brings its scores
    to the size of probabilities.

    Args:
        values: (n_samples, n_values).
        labels: (n_samples,) class indices.
        n_classes: how many classes there are.
        seed: decides who is in which fold; five folds, each with its share of every class.
    """
    values = values.astype(np.float64)
    values -= values.mean(axis=0)  # or the differences of large sums below would lose digits
    with threadpool_limits(1):  # the same bits whatever the number of threads
        logits = _logits(values, labels, deal(labels, seed), n_classes)
    loss, some = SoftmaxCrossEntropy(), slice(None, None, -(-len(labels) // _MOST_CALIBRATING))
    return calibrated(loss, logits, *fit_calibration(loss, logits[some], labels[some]))


def _logits(values: FloatArray, labels: IntArray, fold_of: IntArray, n_classes: int) -> FloatArray:
    parts = [
        Sums.of(values[fold_of == fold], labels[fold_of == fold], n_classes)
        for fold in range(FOLDS)
    ]
    logits = np.empty((len(labels), n_classes))
    for fold in range(FOLDS):
        W, b = reduce(add, parts[:fold] + parts[fold + 1 :]).discriminant()
        logits[fold_of == fold] = values[fold_of == fold] @ W + b
    return logits


def deal(labels: IntArray, seed: int) -> IntArray:
    """Return the fold of each sample, (n_samples,): every class is dealt out one by one."""
    order = np.random.default_rng(seed).permutation(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    fold_of = np.empty(len(labels), int)
    fold_of[by_class] = np.arange(len(labels)) % FOLDS
    return fold_of


@dataclass(frozen=True, eq=False)
class Sums:
    """All that a linear discriminant needs to know of its samples; those of parts add up.

    Attributes:
        counts: (n_classes,) samples of each class.
        sums: (n_classes, n_values) of their values.
        products: (n_values, n_values) of all values with each other, summed over the samples.
    """

    counts: IntArray
    sums: FloatArray
    products: FloatArray

    @classmethod
    def of(cls, values: FloatArray, labels: IntArray, n_classes: int) -> Sums:
        """Return the sums of values (n_samples, n_values) and labels (n_samples,)."""
        n = len(labels)
        members = csr_array((np.ones(n), (labels, np.arange(n))), shape=(n_classes, n))
        counts = np.bincount(labels, minlength=n_classes)
        return cls(counts, members @ values, values.T @ values)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.counts + other.counts, self.sums + other.sums, self.products + other.products
        )

    def discriminant(self) -> tuple[FloatArray, FloatArray]:
        """Return W (n_values, n_classes) and b (n_classes,): the scores are values @ W + b.

        The scatter within classes is shrunk towards a multiple of the identity, the more the fewer
        samples there are for each value. A class without samples counts as one, at zero.

        Source: Friedman, 1989, "Regularized discriminant analysis", with one scatter for all.
        """
        n, n_values = max(1, int(self.counts.sum())), self.sums.shape[1]
        weights = np.maximum(self.counts, 1)
        means = self.sums / weights[:, np.newaxis]
        scatter = (self.products - means.T @ self.sums) / n
        shrunk = n_values / (n_values + n)
        size = max(float(np.trace(scatter)) / n_values, _SMALL)
        scatter = (1 - shrunk) * scatter + shrunk * size * np.eye(n_values)
        W = np.linalg.solve(scatter, means.T)
        return W, np.log(weights / n) - (means * W.T).sum(axis=1) / 2
