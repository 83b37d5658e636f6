"""Telling that a picture is unlike anything that a network was trained on, by what it sees inside.

At several depths the training pictures' features are described by a normal distribution around each
class. How far a picture lies from the nearest class, at each depth in units of what is usual there,
adds up to one score. Sources: Lee et al., 2018, "A simple unified framework for detecting
out-of-distribution samples and adversarial attacks", equations 1 and 2, for the distance and for
using several depths; Tipping and Bishop, 1999, "Probabilistic principal component analysis",
equations 7 and 8, for describing many features by few directions and what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homespun.errors import SettingError
from homespun.types import Array, FloatArray, IntArray

KEPT = 0.95
"""The share of validation pictures that the threshold keeps."""

_MOST_DIRECTIONS = 32
_LEAST_VARIANCE = 1e-3
"""Of the largest: how flat the distribution may be in any direction."""
NEAREST = 1e-9
"""What a squared distance counts as at least, so that its logarithm is finite."""
_BLOCK = 1000


@dataclass(frozen=True, eq=False)
class Depth:
    """The features of one layer, as the training pictures have them.

    Attributes:
        means: (n_classes, n) the mean of each class, in units of `scale`.
        scale: (n,) the deviation of each feature.
        directions: (n, n_directions) orthonormal, those in which features differ most in a class.
        variances: (n_directions,) how much they differ there, above 0.
        rest: the variance in each of the other directions, above 0.
        usual: the mean of the logarithm of validation pictures' distances.
        spread: the deviation of these, above 0.
    """

    means: FloatArray
    scale: FloatArray
    directions: FloatArray
    variances: FloatArray
    rest: float
    usual: float = 0.0
    spread: float = 1.0

    @classmethod
    def fit(cls, features: FloatArray, labels: IntArray, n_classes: int) -> Depth:
        """Return the description of these features (n_samples, n), one covariance for all classes.

        A class without a picture stands where the mean of all is.
        """
        wide = features.astype(np.float64)
        scale = wide.std(axis=0)
        scale += 1e-3 * wide.std() + NEAREST  # a feature that never moved may move a little
        wide /= scale
        means = np.tile(wide.mean(axis=0), (n_classes, 1))
        for label in np.unique(labels):
            means[label] = wide[labels == label].mean(axis=0)
        wide -= means[labels]
        variances, directions = np.linalg.eigh(wide.T @ wide / len(wide))
        variances = np.maximum(variances[::-1], _LEAST_VARIANCE * variances[-1] + NEAREST)
        n = min(_MOST_DIRECTIONS, len(variances))
        return cls(
            means=means.astype(np.float32),
            scale=scale.astype(np.float32),
            directions=np.ascontiguousarray(directions[:, ::-1][:, :n], np.float32),
            variances=variances[:n].astype(np.float32),
            rest=float(variances[n:].mean()) if n < len(variances) else 1.0,
        )

    def distances(self, features: FloatArray) -> FloatArray:
        """Return (n_samples,): the logarithm of the Mahalanobis distance to the nearest class."""
        means, directions = self.means.astype(np.float64), self.directions.astype(np.float64)
        x = features.astype(np.float64) / self.scale
        inside = ((x @ directions)[:, np.newaxis] - means @ directions) ** 2
        all_of_it = (x * x).sum(axis=1)[:, np.newaxis] - 2 * x @ means.T + (means * means).sum(1)
        outside = np.maximum(all_of_it - inside.sum(axis=2), 0) / self.rest
        if self.directions.shape[0] == self.directions.shape[1]:
            outside = np.zeros_like(outside)  # no direction is left over, only roundings
        squares = (inside / self.variances).sum(axis=2) + outside
        logarithms: FloatArray = 0.5 * np.log(np.maximum(squares.min(axis=1), NEAREST))
        return logarithms


@dataclass(frozen=True, eq=False)
class Rejection:
    """What tells that a picture is unlike the training pictures.

    Attributes:
        layers: which layers of the network are looked at, the last among them.
        depths: what the training pictures' features are like at each.
        threshold: the score above which a picture counts as unlike.
        kept: the share of validation pictures that lie at or below it.
    """

    layers: tuple[int, ...]
    depths: tuple[Depth, ...]
    threshold: float
    kept: float = KEPT

    @classmethod
    def fit(
        cls,
        layers: tuple[int, ...],
        features: Sequence[FloatArray],
        labels: IntArray,
        n_classes: int,
        validation: Sequence[FloatArray],
        kept: float = KEPT,
    ) -> Rejection:
        """Return the rejection that keeps the share `kept` of the validation pictures.

        Args:
            layers: which layers the features are of.
            features: of the training pictures, (n_samples, n) at each depth.
            labels: (n_samples,) their classes.
            n_classes: how many classes there are.
            validation: the same features of pictures that the network did not learn from; how far
                these usually lie, and the threshold, come from them alone.
            kept: from 0 to 1.

        Raises:
            SettingError: there is no training or no validation picture.
        """
        if not len(labels) or not len(validation[0]):
            raise SettingError("a rejection needs training pictures and validation pictures")
        depths = []
        for seen, held_out in zip(features, validation, strict=True):
            depth = Depth.fit(seen, labels, n_classes)
            distances = depth.distances(held_out)
            depths.append(
                Depth(
                    means=depth.means,
                    scale=depth.scale,
                    directions=depth.directions,
                    variances=depth.variances,
                    rest=depth.rest,
                    usual=float(distances.mean()),
                    spread=float(distances.std()) or 1.0,
                )
            )
        scores = cls(layers, tuple(depths), 0.0).scores(np.concatenate(validation, axis=1))
        return cls(layers, tuple(depths), float(np.quantile(scores, kept, method="higher")), kept)

    def scores(self, features: FloatArray) -> FloatArray:
        """Return (n_samples,): how unlike the training pictures each is, about 0 if not at all.

        Args:
            features: (n_samples, n) those of all depths side by side, as `Inside` gives them.
        """
        blocks = range(0, len(features), _BLOCK)
        parts = [self._scores(features[first : first + _BLOCK]) for first in blocks]
        return np.concatenate([np.empty(0), *parts])

    def rejects(self, scores: FloatArray) -> Array:
        """Return (n_samples,) bool: whether the score lies above the threshold."""
        return np.asarray(scores > self.threshold)

    def _scores(self, features: FloatArray) -> FloatArray:
        ends = np.cumsum([depth.means.shape[1] for depth in self.depths])
        total = np.zeros(len(features))
        for depth, part in zip(self.depths, np.split(features, ends[:-1], axis=1), strict=True):
            total += (depth.distances(part) - depth.usual) / depth.spread
        return total / len(self.depths)
