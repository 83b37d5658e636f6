"""Averages of weights over training: smoother than the last step, and often better."""

from __future__ import annotations

from dataclasses import dataclass

from homespun.types import FloatArray


@dataclass(frozen=True)
class ExponentialMovingAverage:
    """average = decay * average + (1 - decay) * w, with a smaller decay in the first steps.

    In step t the decay is at most (1 + t) / (10 + t), so that the random start is soon forgotten.

    Source: Polyak and Juditsky, 1992, for the idea; Tarvainen and Valpola, 2017, for its use on
    the weights of networks.
    """

    decay: float = 0.999

    def update(self, average: FloatArray, w: FloatArray, step: int) -> None:
        """Draw `average` towards `w` in place; any slice may be updated by itself."""
        decay = min(self.decay, (1 + step) / (10 + step))
        average += (1 - decay) * (w - average)
