"""Activations: the bend between two linear layers, without which they would be one.

Each is (batch, ...) -> (batch, ...) of the same shape, and works on every number by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.nn import functions
from homespun.nn.layer import Backward, WithoutParams
from homespun.types import FloatArray, Params


@dataclass(frozen=True)
class ReLU(WithoutParams):
    """(batch, ...) -> (batch, ...): y = max(x, 0); the derivative at 0 is taken as 0."""

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return max(x, 0)."""
        y = np.maximum(x, 0)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            return np.multiply(dy, y > 0)

        return y, backward


@dataclass(frozen=True)
class Sigmoid(WithoutParams):
    """(batch, ...) -> (batch, ...): y = 1 / (1 + exp(-x))."""

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the sigmoid of x."""
        y = functions.sigmoid(x)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            return dy * (y * (1 - y))

        return y, backward


@dataclass(frozen=True)
class Tanh(WithoutParams):
    """(batch, ...) -> (batch, ...): y = tanh(x)."""

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return tanh(x)."""
        y: FloatArray = np.tanh(x)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            slope: FloatArray = 1 - y * y
            return np.multiply(dy, slope)

        return y, backward


@dataclass(frozen=True)
class GELU(WithoutParams):
    """(batch, ...) -> (batch, ...): y = x Phi(x), Phi being the normal distribution's function.

    Source: Hendrycks and Gimpel, 2016, equation in section 2 (the exact form, not the tanh one).
    """

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return x Phi(x)."""
        from scipy import special  # slow to import, and few networks need it

        phi: FloatArray = special.ndtr(x)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi).astype(x.dtype)
            slope: FloatArray = phi + x * density
            return np.multiply(dy, slope)

        y: FloatArray = x * phi
        return y, backward
