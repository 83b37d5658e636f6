"""Schedules: how large a step to take when. Steps are counted from 1, as optimizers count them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class Schedule(Protocol):
    """A learning rate for every step."""

    def lr_at(self, step: int) -> float:
        """Return the learning rate of this step, counted from 1."""
        ...


@dataclass(frozen=True)
class Constant:
    """The same learning rate throughout."""

    lr: float

    def lr_at(self, step: int) -> float:
        """Return lr."""
        return self.lr


@dataclass(frozen=True)
class StepDecay:
    """lr, times `factor` after each `every` steps."""

    lr: float
    every: int
    factor: float = 0.1

    def lr_at(self, step: int) -> float:
        """Return lr * factor to the power of the number of full periods gone by."""
        return self.lr * self.factor ** ((step - 1) // self.every)


@dataclass(frozen=True)
class Cosine:
    """From lr at the first step down half a cosine to 0 after the last.

    Source: Loshchilov and Hutter, 2017, "SGDR", equation 5, without restarts.
    """

    lr: float
    total_steps: int

    def lr_at(self, step: int) -> float:
        """Return lr * (1 + cos(pi * share of steps gone by)) / 2."""
        gone = min(1.0, (step - 1) / self.total_steps)
        return self.lr * 0.5 * (1 + math.cos(math.pi * gone))


@dataclass(frozen=True)
class OneCycle:
    """Up in a straight line to lr for `warmup` of the steps, then down in one to lr * final.

    A large learning rate in the middle finds broad minima; the long way down settles into one.

    Source: Smith and Topin, 2018, "Super-convergence", section 3.
    """

    lr: float
    total_steps: int
    warmup: float = 0.25
    final: float = 0.0

    def lr_at(self, step: int) -> float:
        """Return the height of the triangle at this step."""
        peak = max(1.0, self.warmup * self.total_steps)
        if step <= peak:
            return self.lr * step / peak
        left = max(0.0, (self.total_steps + 1 - step) / (self.total_steps + 1 - peak))
        return self.lr * (self.final + (1 - self.final) * left)
