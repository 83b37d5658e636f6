"""What a fitted classifier can be asked: labels, probabilities, logits, and its weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from homespun.estimators.dense_weights import dense_weights
from homespun.estimators.pictures import PIXEL_TYPES, as_images, check_shape, rows_of
from homespun.estimators.targets import Targets
from homespun.estimators.threads import threads_for
from homespun.models import Model
from homespun.types import Array, FloatArray, Shape


class Predictor:
    """The part of an estimator that answers; the other parts have made a model."""

    in_shape_: Shape
    thresholds: Any
    n_jobs: int | None
    _model: Model
    _targets: Targets

    def predict(self, X: Any) -> Array:
        """Return the likeliest class of each sample, or zeros and ones for each label.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        """
        probabilities = self.predict_proba(X)
        return self._targets.decode(probabilities, self.thresholds)

    def decision_function(self, X: Any) -> FloatArray:
        """Return the logits: what the network says before it is made into probabilities.

        Where probabilities have come so near to 0 or 1 that they are alike, these still differ, so
        rankings (ROC curves) and calibration can tell them apart.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_classes)
            In the order of `classes_`. With two classes (n_samples,): the logit of the second less
            that of the first, above 0 where the second is likelier.
        """
        logits = self._logits(X)
        return self._targets.decisions(logits)

    def predict_proba(self, X: Any) -> FloatArray:
        """Return how probable each class is, in the order of `classes_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Each row sums to 1, unless a picture may have several labels.
        """
        logits = self._logits(X)
        return self._model.probabilities(logits)

    def predict_log_proba(self, X: Any) -> FloatArray:
        """Return the natural logarithms of `predict_proba(X)`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.

        Returns
        -------
        logarithms : ndarray of shape (n_samples, n_classes)
            Minus infinity where a probability is 0.
        """
        with np.errstate(divide="ignore"):
            logarithms: FloatArray = np.log(self.predict_proba(X))
        return logarithms

    @property
    def model_(self) -> Model:
        """The trained model, with the thresholds that the classifier has now."""
        return replace(self._model, thresholds=self._targets.thresholds(self.thresholds))

    @property
    def coefs_(self) -> list[FloatArray]:
        """The W of each dense layer, the first as it acts on unscaled X."""
        return dense_weights(self._model)[0]

    @property
    def intercepts_(self) -> list[FloatArray]:
        """The b of each dense layer, the first for unscaled X."""
        return dense_weights(self._model)[1]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    def _logits(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        X, shape = rows_of(X)
        check_shape(shape, self.in_shape_, type(self).__name__)
        rows = validate_data(self, X, dtype=PIXEL_TYPES, reset=False)
        model = replace(self._model, pixels=rows.dtype.name)  # numbers of any type mean the same
        return model.predict_logits(as_images(rows, self.in_shape_), threads_for(self.n_jobs))
