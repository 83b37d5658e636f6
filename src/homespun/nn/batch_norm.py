"""Batch normalisation: each channel brought to mean 0 and deviation 1, then to a learnt size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import SettingError
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
        return {
            "gamma": np.ones(n),
            "beta": np.zeros(n),
            "running_mean": np.zeros(n),
            "running_var": np.ones(n),
        }, in_shape

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the normalised numbers."""
        rows = x.reshape(-1, x.shape[-1])
        mean, var = params["running_mean"], params["running_var"]
        if train:
            mean = _mean(rows)
            rows = rows - mean
            var = np.einsum("ij,ij->j", rows, rows) / x.dtype.type(len(rows))
        else:
            rows = rows - mean
        scale = 1 / np.sqrt(var + x.dtype.type(self.epsilon))
        rows *= scale
        y = rows * params["gamma"]
        y += params["beta"]

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            dy = dy.reshape(rows.shape)
            dbeta, dgamma = dy.sum(axis=0), np.einsum("ij,ij->j", dy, rows)
            grads["beta"] += dbeta
            grads["gamma"] += dgamma
            dx = dy * (params["gamma"] * scale)
            if train:
                grads["running_mean"] += (1 - self.momentum) * (mean - params["running_mean"])
                grads["running_var"] += (1 - self.momentum) * (var - params["running_var"])
                n = x.dtype.type(len(rows))
                dx -= rows * (params["gamma"] * scale * dgamma / n)
                dx -= params["gamma"] * scale * dbeta / n
            shaped: FloatArray = dx.reshape(x.shape)
            return shaped

        return y.reshape(x.shape), backward


def _mean(rows: FloatArray) -> FloatArray:
    mean: FloatArray = rows.sum(axis=0)
    mean /= rows.dtype.type(len(rows))
    return mean
