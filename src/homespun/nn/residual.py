"""Residual: a detour whose result is added to what went in, so that depth costs no signal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import ShapeError
from homespun.nn.layer import Backward, Layer
from homespun.types import FloatArray, Params, Shape


@dataclass(frozen=True)
class Residual:
    """(batch, ...) -> (batch, ...): y = x + layer(x); the layer must keep the shape.

    Source: He et al., 2016, "Deep Residual Learning", equation 1.
    """

    layer: Layer

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw the parameters of the inner layer."""
        params, out_shape = self.layer.init(rng, in_shape)
        if out_shape != in_shape:
            raise ShapeError(
                f"Residual: the inner layer must keep the shape, it makes {out_shape} of {in_shape}"
            )
        return params, out_shape

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return x + layer(x)."""
        y, inner_backward = self.layer.forward(params, x, train=train, rng=rng)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            dx = inner_backward(dy, grads, need_dx)
            return dx + dy if need_dx else dx

        return x + y, backward
