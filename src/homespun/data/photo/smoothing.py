"""Pixels decide together: neighbours of one colour end on one side, and edges stay edges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homespun.types import FloatArray

_FAINTEST = 0.02
"""How strongly neighbours hold together across the sharpest edge."""

_Pair = tuple[tuple[slice, slice], tuple[slice, slice], float]
_ALL, _FROM, _TO = slice(None), slice(1, None), slice(None, -1)
_PAIRS: tuple[_Pair, ...] = (
    ((_FROM, _ALL), (_TO, _ALL), 1.0),
    ((_ALL, _FROM), (_ALL, _TO), 1.0),
    ((_FROM, _FROM), (_TO, _TO), 0.7),
    ((_FROM, _TO), (_TO, _FROM), 0.7),
)
"""Each pixel's neighbours: which meets which, and how much the pair counts."""


class Neighbours:
    """How strongly the pixels of one picture hold together.

    Args:
        lab: colours of shape (height, width, 3).
        hold: how strongly neighbours of one colour hold together.
    """

    def __init__(self, lab: FloatArray, hold: float) -> None:
        steps = [((lab[a] - lab[b]) ** 2).sum(axis=-1) for a, b, _ in _PAIRS]
        usual = 2 * sum(step.sum() for step in steps) / max(1, sum(step.size for step in steps))
        self._weights: list[FloatArray] = [
            hold * share * (np.exp(-step / (usual + 1e-6)) + _FAINTEST)
            for step, (_, _, share) in zip(steps, _PAIRS, strict=True)
        ]
        self._degree: FloatArray = np.zeros(lab.shape[:2], dtype=np.float32)
        for a, b, weight in self._pairs():
            self._degree[a] += weight
            self._degree[b] += weight

    def smoothed(self, wish: FloatArray, strength: FloatArray, rounds: int = 40) -> FloatArray:
        """Return the field (height, width) that follows `wish` where `strength` is great.

        It minimizes the sum of strength (s - wish)² over the pixels and of w (s - s')² over
        neighbours, where w falls with the step in colour: a random walker with priors (Grady, 2005,
        doi:10.1109/CVPR.2005.239). Conjugate gradients, scaled by the diagonal, go towards it from
        the wish; what they leave after `rounds` is far below what shows.
        """
        diagonal = self._degree + strength
        field = wish
        rest = strength * wish - self._apply(field, diagonal)
        scaled = rest / diagonal
        way = scaled
        power = float((rest * scaled).sum())
        for _ in range(rounds):
            if power < 1e-9:
                break
            pulled = self._apply(way, diagonal)
            length = power / float((way * pulled).sum())
            field = field + length * way
            rest = rest - length * pulled
            scaled = rest / diagonal
            power, before = float((rest * scaled).sum()), power
            way = scaled + (power / before) * way
        return field

    def _apply(self, field: FloatArray, diagonal: FloatArray) -> FloatArray:
        result = diagonal * field
        for a, b, weight in self._pairs():
            result[a] -= weight * field[b]
            result[b] -= weight * field[a]
        return result

    def _pairs(self) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice], FloatArray]]:
        for (a, b, _), weight in zip(_PAIRS, self._weights, strict=True):
            yield a, b, weight
