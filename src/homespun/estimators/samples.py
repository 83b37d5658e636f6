"""The samples of a fit, checked: rows, labels, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import compute_sample_weight

from homespun.data import Dataset, stratified_split
from homespun.estimators.pictures import as_images
from homespun.estimators.targets import Targets
from homespun.types import Array, FloatArray, IntArray, Shape


@dataclass(frozen=True, eq=False)
class Samples:
    """What a fit takes.

    Attributes:
        rows: (n_samples, n_features).
        y: labels as the user gave them.
        labels: what the network learns of them.
        weights: (n_samples,) the user's sample weights, or None.
    """

    rows: Array
    y: Array
    labels: IntArray
    weights: FloatArray | None

    def take(self, indices: Array) -> Samples:
        """Return the chosen samples."""
        weights = None if self.weights is None else self.weights[indices]
        return Samples(self.rows[indices], self.y[indices], self.labels[indices], weights)

    def that_count(self) -> Samples:
        """Return the samples whose weight is not zero, as if there were no others."""
        if self.weights is None or self.weights.all():
            return self
        return self.take(self.weights.nonzero()[0])

    def hold_out(self, share: float, seed: int) -> tuple[Samples, Samples]:
        """Return those that are kept and the `share` that is held out, stratified by class.

        With several labels a picture there are no classes to stratify by.

        Raises:
            SettingError: there are too few samples.
        """
        strata = self.labels if self.labels.ndim == 1 else self.labels[:, 0] * 0
        n_held_out = max(1, round(share * len(self.rows)))
        kept, held_out = stratified_split(strata, n_held_out, seed)
        return self.take(kept), self.take(held_out)

    def dataset(self, in_shape: Shape, targets: Targets) -> Dataset:
        """Return them as pictures of `in_shape` for training."""
        names = tuple(map(str, targets.classes.tolist()))
        return Dataset(as_images(self.rows, in_shape), self.labels, names)

    @property
    def precision(self) -> str:
        """What to compute in: as everywhere in scikit-learn, float64 features ask for float64."""
        return "float64" if self.rows.dtype == np.float64 else "float32"

    def importance(self, class_weight: Any) -> FloatArray | None:
        """Return how much each sample counts in the loss, or None if all count alike."""
        if class_weight is None and self.weights is None:
            return None
        weights: FloatArray = compute_sample_weight(class_weight, self.y)
        if self.weights is not None:
            weights = weights * self.weights
        return weights.astype(self.precision)
