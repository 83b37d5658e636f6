"""Flatten: from pictures to rows of numbers, for layers that see no space."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from homespun.nn.layer import Backward
from homespun.types import FloatArray, Params, Shape


@dataclass(frozen=True)
class Flatten:
    """(batch, height, width, channel) -> (batch, height * width * channel)."""

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no parameters."""
        return {}, (math.prod(in_shape),)

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the rows."""
        return x.reshape(len(x), -1), lambda dy, grads, need_dx=True: dy.reshape(x.shape)
