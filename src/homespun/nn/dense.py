"""The fully connected layer: every output is a weighted sum of every input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import ShapeError
from homespun.nn.initializers import Initializer, he_normal
from homespun.nn.layer import Backward, no_input_gradient
from homespun.types import FloatArray, Params, Shape


@dataclass(frozen=True)
class Dense:
    """(batch, n_in) -> (batch, n_out): y = x W + b.

    Attributes:
        n_out: how many outputs.
        bias: whether b is there.
        initializer: how W is drawn; b starts at zero.
    """

    n_out: int
    bias: bool = True
    initializer: Initializer = he_normal

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw W (n_in, n_out) and a zero b (n_out,)."""
        if len(in_shape) != 1:
            raise ShapeError(
                f"Dense({self.n_out}): expected (batch, n_in), got (batch, "
                f"{', '.join(map(str, in_shape))}); put a Flatten() before it"
            )
        shape = (*in_shape, self.n_out)
        params = {"W": self.initializer(rng, shape, *shape)}
        if self.bias:
            params["b"] = np.zeros(self.n_out)
        return params, (self.n_out,)

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return x W + b."""
        W = params["W"]
        if x.ndim != 2 or x.shape[1] != len(W):
            raise ShapeError(f"Dense({self.n_out}): expected (batch, {len(W)}), got {x.shape}")
        y = x @ W
        if self.bias:
            y += params["b"]

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            grads["W"] += x.T @ dy
            if self.bias:
                grads["b"] += dy.sum(axis=0)
            return dy @ W.T if need_dx else no_input_gradient()

        return y, backward
