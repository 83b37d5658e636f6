"""Dropout: switching random numbers off while training, so that no one of them is relied on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import SettingError
from homespun.nn.layer import Backward, WithoutParams
from homespun.types import FloatArray, Params


@dataclass(frozen=True)
class Dropout(WithoutParams):
    """(batch, ...) -> (batch, ...): each number is zero with probability `rate` while training.

    The survivors are divided by 1 - rate, so the mean stays and prediction needs no correction.

    Source: Srivastava et al., 2014, section 10 ("inverted" dropout).
    """

    rate: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise SettingError(f"Dropout: rate must be at least 0 and below 1, got {self.rate}")

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return x with some numbers switched off, or x itself when not training."""
        if not train or self.rate == 0:
            return x, lambda dy, grads, need_dx=True: dy
        kept = rng.random(x.shape, np.float32) >= np.float32(self.rate)
        factor = kept * x.dtype.type(1 / (1 - self.rate))
        return x * factor, lambda dy, grads, need_dx=True: dy * factor
