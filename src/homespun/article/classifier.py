"""The article's classifier exactly as it was, faults included, so that its figures can be replayed.

What is wrong in it is shown by the tests and put right in `homespun.article.mended`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from homespun.article.printed import cross_entropy, l1_reg, l2_reg, mle, softmax
from homespun.nn.functions import one_hot
from homespun.types import FloatArray, IntArray


class NNClassifier:
    """A network with one hidden layer: sigmoids on both layers, no biases, float64.

    It has the article's methods and is not a scikit-learn estimator: its sizes are asked for and
    its weights drawn when it is made, so it cannot be cloned, searched over or cross-validated.
    `homespun.ImageClassifier` can.

    Parameters
    ----------
        n_classes: number of classes.
        n_features: number of values that describe one sample.
        n_hidden_units: width of the hidden layer.
        l1: factor of the L1 penalty (its gradient is wrong, as in the article).
        l2: factor of the L2 penalty.
        epochs: passes over the data in one call of `fit`.
        learning_rate: factor of the *summed* gradient of a batch.
        n_batches: number of batches that the data are cut into, once and in the given order.
        random_seed: seed of the first weights; 0 counts as no seed, as in the article.

    Attributes
    ----------
        w1: weights of shape (n_hidden_units, n_features).
        w2: weights of shape (n_classes, n_hidden_units).
        error_: the article's "error" of each epoch, which is not what the updates descend.
    """

    def __init__(
        self,
        n_classes: int,
        n_features: int,
        n_hidden_units: int = 30,
        l1: float = 0.0,
        l2: float = 0.0,
        epochs: int = 500,
        learning_rate: float = 0.01,
        n_batches: int = 1,
        random_seed: int | None = None,
    ) -> None:
        self.n_classes = n_classes
        self.n_features = n_features
        self.n_hidden_units = n_hidden_units
        self.l1 = l1
        self.l2 = l2
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.n_batches = n_batches
        self.random_seed = random_seed
        self.error_: list[float] = []
        # The article seeded NumPy's global generator; this one draws the same numbers.
        draws = np.random.RandomState(random_seed or None)
        self.w1: FloatArray = draws.uniform(-1.0, 1.0, size=(n_hidden_units, n_features))
        self.w2: FloatArray = draws.uniform(-1.0, 1.0, size=(n_classes, n_hidden_units))

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        progress: Callable[[int, float], None] | None = None,
    ) -> NNClassifier:
        """Train on `X` of shape (n_samples, n_features) and labels `y` of shape (n_samples,).

        A second call goes on from the weights of the first. `progress(epoch, error)` is called
        after each epoch, counted from 1; an exception that it raises ends the training.
        """
        X = np.asarray(X, dtype=np.float64)
        X_batches = np.array_split(X, self.n_batches)
        Y_batches = np.array_split(one_hot(y, self.n_classes), self.n_batches)
        self.error_ = []
        for epoch in range(1, self.epochs + 1):
            errors = [self._step(*batch) for batch in zip(X_batches, Y_batches, strict=True)]
            self.error_.append(float(np.mean(errors)))
            if progress is not None:
                progress(epoch, self.error_[-1])
        return self

    def predict(self, X: ArrayLike) -> IntArray:
        """(n_samples, n_features) -> (n_samples,): the class with the largest output score."""
        _, o, _ = self._forward(np.asarray(X, dtype=np.float64))
        return mle(o.T)

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """(n_samples, n_features) -> (n_samples, n_classes): softmax *of the sigmoids*."""
        _, _, out = self._forward(np.asarray(X, dtype=np.float64))
        return softmax(out.T)

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the share of samples whose predicted class is the label in `y`."""
        return float(np.mean(self.predict(X) == np.asarray(y)))

    def _step(self, X: FloatArray, Y: FloatArray) -> float:
        """Update the weights by one batch; return the error from before the update."""
        a, _, out = self._forward(X)
        grad1, grad2 = self._backward(X, Y, a, out)
        error = self._error(Y, out)
        self.w1 -= self.learning_rate * grad1
        self.w2 -= self.learning_rate * grad2
        return error

    def _forward(self, X: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return hidden activations, output scores and their sigmoids, a column a sample."""
        a = expit(self.w1 @ X.T)
        o = self.w2 @ a
        return a, o, expit(o)

    def _backward(
        self, X: FloatArray, Y: FloatArray, a: FloatArray, out: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the gradients of w1 and w2, summed over the batch.

        On raw pixels a difference in the last bit grows a hundredfold with each update, so the
        slope stays written as `s (1 - s)`: the mathematically equal forms give other figures.
        """
        s3 = out - Y.T
        s2 = (self.w2.T @ s3) * (a * (1.0 - a))
        grad1 = s2 @ X
        grad2 = s3 @ a.T
        return (
            grad1 + self.w1 * (self.l1 + self.l2),
            grad2 + self.w2 * (self.l1 + self.l2),
        )

    def _error(self, Y: FloatArray, out: FloatArray) -> float:
        """Return the article's error: neither a loss of the batch nor what the updates descend."""
        penalties = l1_reg(self.l1, self.w1, self.w2) + l2_reg(self.l2, self.w1, self.w2)
        return float(0.5 * np.mean(cross_entropy(out, Y.T, axis=1) + penalties))
