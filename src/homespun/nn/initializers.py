"""How weights are drawn before training: as large as keeps signals alive, and no larger.

An initializer is a function `(rng, shape, fan_in, fan_out) -> float64 weights of shape`, where the
fans count how many inputs feed one output and how many outputs one input feeds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from homespun.types import FloatArray, Shape

Initializer: TypeAlias = Callable[[np.random.Generator, Shape, int, int], FloatArray]


def uniform(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> FloatArray:
    """Draw from U(-1, 1), whatever the fans: the article's choice, too large for wide layers."""
    return rng.uniform(-1.0, 1.0, shape)


def glorot_uniform(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> FloatArray:
    """Draw from U(-a, a), a = sqrt(6 / (fan_in + fan_out)); for sigmoid and tanh.

    Source: Glorot and Bengio, 2010, equation 16.
    """
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)


def he_normal(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> FloatArray:
    """Draw from N(0, 2 / fan_in); for ReLU, which silences half of its inputs.

    Source: He et al., 2015, equation 10.
    """
    return rng.normal(0.0, np.sqrt(2.0 / fan_in), shape)


def lecun_normal(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> FloatArray:
    """Draw from N(0, 1 / fan_in); for linear layers.

    Source: LeCun et al., 1998, "Efficient BackProp", section 4.6.
    """
    return rng.normal(0.0, np.sqrt(1.0 / fan_in), shape)
