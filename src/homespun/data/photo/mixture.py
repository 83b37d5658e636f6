"""What colours a part of the photo has: a mixture of a few normal distributions.

The logarithm of a normal density is a quadratic function, so once each colour is written out as the
terms of one (1, its three numbers, their six products), densities and moments are one product each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.types import FloatArray

_ROUNDS = 5
_FIRST, _SECOND = np.triu_indices(3)


def quadratic_terms(colours: FloatArray) -> FloatArray:
    """Return 1, the numbers and their products for colours (n, 3): (n, 10), float64."""
    wide = colours.astype(np.float64)
    products = wide[:, _FIRST] * wide[:, _SECOND]
    return np.concatenate([np.ones((len(wide), 1)), wide, products], axis=1)


@dataclass(frozen=True, eq=False)
class Mixture:
    """A density over colours.

    Attributes:
        coefficients: (10, n_parts), of each part's share times its density, as a quadratic.
    """

    coefficients: FloatArray

    @classmethod
    def fit(cls, terms: FloatArray, weights: FloatArray, n_parts: int, least_std: float) -> Mixture:
        """Return the mixture fitted to colours that count as `weights` (n,) says.

        It starts from parts of equal weight along the direction in which the colours differ most,
        so that nothing is drawn, and goes on by expectation and maximization (Dempster, Laird and
        Rubin, 1977).

        Args:
            terms: `quadratic_terms` of the colours, (n, 10).
            weights: (n,), at least 0.
            n_parts: how many normal distributions.
            least_std: no part is narrower than this in any direction.
        """
        belongs = _in_slices(terms[:, 1:4], weights, n_parts)
        mixture = cls._of_parts(terms, weights, belongs, least_std)
        for _ in range(_ROUNDS):
            logs = terms @ mixture.coefficients
            belongs = np.exp(logs - logs.max(axis=1, keepdims=True))
            belongs /= belongs.sum(axis=1, keepdims=True)
            mixture = cls._of_parts(terms, weights, belongs, least_std)
        return mixture

    @classmethod
    def _of_parts(
        cls, terms: FloatArray, weights: FloatArray, belongs: FloatArray, least_std: float
    ) -> Mixture:
        moments = terms.T @ (weights[:, np.newaxis] * belongs)
        totals = moments[0] + 1e-6
        means = (moments[1:4] / totals).T
        products = np.empty((len(means), 3, 3))
        products[:, _FIRST, _SECOND] = products[:, _SECOND, _FIRST] = (moments[4:] / totals).T
        covariances = products - means[:, :, np.newaxis] * means[:, np.newaxis]
        covariances += least_std**2 * np.eye(3)
        inverses = np.linalg.inv(covariances)
        pull = (inverses @ means[..., np.newaxis])[..., 0]
        constants = np.log(totals / totals.sum()) - 0.5 * (means * pull).sum(axis=1)
        constants -= 0.5 * np.linalg.slogdet(2 * np.pi * covariances)[1]
        both_ways = np.where(_FIRST == _SECOND, -0.5, -1.0)
        quadratic = inverses[:, _FIRST, _SECOND] * both_ways
        return cls(np.concatenate([constants[np.newaxis], pull.T, quadratic.T]))

    def log_density(self, terms: FloatArray) -> FloatArray:
        """Return the logarithm of the density at colours with these terms (n, 10): (n,)."""
        logs = terms @ self.coefficients
        most = logs.max(axis=1)
        density: FloatArray = most + np.log(np.exp(logs - most[:, np.newaxis]).sum(axis=1))
        return density


def _in_slices(colours: FloatArray, weights: FloatArray, n_parts: int) -> FloatArray:
    total = weights.sum() + 1e-9
    off = colours - (weights @ colours) / total
    axis = np.linalg.eigh((weights[:, np.newaxis] * off).T @ off)[1][:, -1]
    order = np.argsort(off @ axis, kind="stable")
    below = np.empty(len(colours))
    below[order] = np.cumsum(weights[order]) / total
    part = np.minimum((below * n_parts).astype(np.intp), n_parts - 1)
    belongs: FloatArray = np.eye(n_parts)[part]
    return belongs
