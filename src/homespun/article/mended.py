"""The article's classifier put right: the same small network, with every fault of it mended.

float64 like the article's, so that the mends are all that differs between the two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax
from sklearn.exceptions import NotFittedError

from homespun.errors import DivergedError, SettingError, ShapeError
from homespun.nn.functions import one_hot, sigmoid, softmax
from homespun.types import FloatArray, IntArray


class MendedClassifier:
    """A network with one hidden layer of sigmoids and a softmax output, with biases.

    What is minimised, and what `error_` reports, is one number: the mean cross-entropy of a batch
    plus `l1 Σ|w| + l2/2 Σw²` over both weight matrices; biases are never penalised.

    Like the article's it is not a scikit-learn estimator; `homespun.ImageClassifier` is one.

    Parameters
    ----------
    n_classes, n_features, n_hidden_units : int
        Sizes of the output, the input and the hidden layer.
    l1, l2 : float
        Factors of the two penalties, beside the *mean* loss of a sample.
    epochs : int
        Passes over the data in one call of `fit`.
    learning_rate : float
        Factor of the mean gradient of a batch, so that it needs no change with `n_batches`.
    n_batches : int
        Number of batches that the shuffled data are cut into in each epoch.
    random_seed : int or None
        Seed of the first weights and of the shuffling; None draws a new one for each `fit`.

    Attributes
    ----------
    mean_, deviation_ : ndarray of shape (n_features,)
        What each feature is shifted and divided by; fitted on the training data.
    w1, b1, w2, b2 : ndarray
        Weights of shape (n_hidden_units, n_features) and (n_classes, n_hidden_units), and the
        biases of both layers.
    error_ : list of float
        Mean over the batches of each epoch of the loss plus the penalties, before the update.
    """

    def __init__(
        self,
        n_classes: int,
        n_features: int,
        n_hidden_units: int = 30,
        l1: float = 0.0,
        l2: float = 0.0,
        epochs: int = 500,
        learning_rate: float = 0.2,
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

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        progress: Callable[[int, float], None] | None = None,
    ) -> MendedClassifier:
        """Train anew on `X` of shape (n_samples, n_features), `y` of shape (n_samples,).

        `progress(epoch, error)` is called after each epoch, counted from 1; an exception that it
        raises ends the training.

        Raises:
            ShapeError: `X` is empty or has another number of features, or `y` of samples.
            SettingError: more batches than samples, or labels that name no class.
            DivergedError: the error is no longer a finite number.
        """
        X = self._checked(X)
        Y = one_hot(y, self.n_classes)
        if len(X) == 0 or Y.shape != (len(X), self.n_classes):
            raise ShapeError(f"fit: expected a label for each of {len(X)} samples, got {len(Y)}")
        if not 1 <= self.n_batches <= len(X):
            raise SettingError(f"n_batches: expected 1 to {len(X)}, got {self.n_batches}")
        self._fit_scaling(X)
        X = self._scaled(X)
        rng = np.random.default_rng(self.random_seed)
        self._draw_weights(rng)
        self.error_ = []
        for epoch in range(1, self.epochs + 1):
            batches = np.array_split(rng.permutation(len(X)), self.n_batches)
            self.error_.append(float(np.mean([self._step(X[i], Y[i]) for i in batches])))
            if not np.isfinite(self.error_[-1]):
                raise DivergedError(f"epoch {epoch}: the error is {self.error_[-1]}")
            if progress is not None:
                progress(epoch, self.error_[-1])
        return self

    def predict(self, X: ArrayLike) -> IntArray:
        """(n_samples, n_features) -> (n_samples,): the most probable class."""
        labels: IntArray = np.argmax(self._logits(X), axis=1)
        return labels

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """(n_samples, n_features) -> (n_samples, n_classes): softmax of the output scores."""
        return softmax(self._logits(X))

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the share of samples whose predicted class is the label in `y`."""
        return float(np.mean(self.predict(X) == np.asarray(y)))

    def _draw_weights(self, rng: np.random.Generator) -> None:
        """Draw Glorot-uniform weights: the scores start small, so no sigmoid starts saturated."""
        self.w1 = _glorot(rng, self.n_hidden_units, self.n_features)
        self.w2 = _glorot(rng, self.n_classes, self.n_hidden_units)
        self.b1 = np.zeros(self.n_hidden_units)
        self.b2 = np.zeros(self.n_classes)

    def _fit_scaling(self, X: FloatArray) -> None:
        self.mean_ = X.mean(axis=0)
        deviation = X.std(axis=0)
        # A feature that never varies carries nothing; dividing it by 1 keeps it harmless.
        self.deviation_ = np.where(deviation > 0, deviation, 1.0)

    def _scaled(self, X: FloatArray) -> FloatArray:
        scaled: FloatArray = X - self.mean_
        scaled /= self.deviation_
        return scaled

    def _step(self, X: FloatArray, Y: FloatArray) -> float:
        """Update the weights by one batch; return the error from before the update."""
        a = sigmoid(X @ self.w1.T + self.b1)
        log_p = log_softmax(a @ self.w2.T + self.b2, axis=1)
        error = -(Y * log_p).sum() / len(X) + self._penalty(self.w1) + self._penalty(self.w2)
        ds2 = (np.exp(log_p) - Y) / len(X)
        ds1 = (ds2 @ self.w2) * a * (1 - a)
        lr = self.learning_rate
        # Both gradients are whole before either matrix moves.
        dw1 = ds1.T @ X + self._penalty_slope(self.w1)
        dw2 = ds2.T @ a + self._penalty_slope(self.w2)
        self.w1 -= lr * dw1
        self.b1 -= lr * ds1.sum(axis=0)
        self.w2 -= lr * dw2
        self.b2 -= lr * ds2.sum(axis=0)
        return float(error)

    def _penalty(self, w: FloatArray) -> float:
        return float(self.l1 * np.abs(w).sum() + self.l2 / 2 * np.square(w).sum())

    def _penalty_slope(self, w: FloatArray) -> FloatArray:
        slope: FloatArray = self.l1 * np.sign(w) + self.l2 * w
        return slope

    def _logits(self, X: ArrayLike) -> FloatArray:
        if not self.error_:
            raise NotFittedError("MendedClassifier: call fit before predict")
        X = self._scaled(self._checked(X))
        logits: FloatArray = sigmoid(X @ self.w1.T + self.b1) @ self.w2.T + self.b2
        return logits

    def _checked(self, X: ArrayLike) -> FloatArray:
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != self.n_features:
            raise ShapeError(
                f"MendedClassifier: expected (n_samples, {self.n_features}), got {X.shape}"
            )
        return X


def _glorot(rng: np.random.Generator, n_out: int, n_in: int) -> FloatArray:
    """Glorot and Bengio 2010, equation 16: uniform within `sqrt(6 / (n_in + n_out))`."""
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, size=(n_out, n_in))
