"""Batch normalisation: each channel brought to mean 0 and deviation 1, then to a learnt size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import SettingError
from homespun.nn.channels import for_long_rows, long_rows, sum_by_channel
from homespun.nn.layer import Backward
from homespun.types import FloatArray, Params, Shape


@dataclass(frozen=True)
class BatchNorm:
    """(batch, ..., n) -> (batch, ..., n): y = gamma (x - mean) / sqrt(variance + epsilon) + beta.

    While training, mean and variance are those of the shard at hand ("ghost" statistics: Hoffer et
    al., 2017, algorithm 1); in prediction they are running averages over training.

    Attributes:
        momentum: the share of the running averages that is kept in each step.
        epsilon: keeps a constant channel from being divided by zero.

    Source: Ioffe and Szegedy, 2015, algorithms 1 and 2.
    """

    momentum: float = 0.9
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        if not 0 <= self.momentum < 1 or not self.epsilon > 0:
            raise SettingError(f"{self}: momentum must be from 0 to below 1, epsilon above 0")

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return gamma 1 and beta 0, running mean 0 and variance 1, each (n,)."""
        n = in_shape[-1]
        zeros, ones = np.broadcast_to(0.0, n), np.broadcast_to(1.0, n)
        return {
            "gamma": ones,
            "beta": zeros,
            "running_mean": zeros,
            "running_var": ones,
        }, in_shape

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the normalised numbers."""
        n = x.dtype.type(x.size / x.shape[-1])
        mean, var = params["running_mean"], params["running_var"]
        if train:
            mean = sum_by_channel(x) / n
        centred = long_rows(x) - for_long_rows(mean, x)
        if train:
            var = sum_by_channel(np.square(centred).reshape(x.shape)) / n
        scale = 1 / np.sqrt(var + x.dtype.type(self.epsilon))
        factor = params["gamma"] * scale
        y = centred * for_long_rows(factor, x)
        y += for_long_rows(params["beta"], x)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            dbeta = sum_by_channel(dy)
            rows = long_rows(dy)
            dgamma = scale * sum_by_channel((rows * centred).reshape(x.shape))
            grads["beta"] += dbeta
            grads["gamma"] += dgamma
            dx = rows * for_long_rows(factor, x)
            if train:
                grads["running_mean"] += (1 - self.momentum) * (mean - params["running_mean"])
                grads["running_var"] += (1 - self.momentum) * (var - params["running_var"])
                dx -= centred * for_long_rows(factor * scale * dgamma / n, x)
                dx -= for_long_rows(factor * dbeta / n, x)
            return dx.reshape(x.shape)

        return y.reshape(x.shape), backward
