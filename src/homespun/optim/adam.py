"""Adam: a step size for every weight, from the size of its recent gradients."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from homespun.optim.optimizer import State, zeros
from homespun.types import FloatArray


@dataclass(frozen=True)
class Adam:
    """m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²; w -= lr * m^ / (sqrt(v^) + epsilon).

    The hats take off the bias of the zero start: m^ = m / (1 - b1^step), v^ = v / (1 - b2^step).
    The memory holds m / (1 - b1) and v / (1 - b2), which saves two passes over the weights; the
    constants are put right in one number at the end.

    Source: Kingma and Ba, 2015, algorithm 1.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def init(self, w: FloatArray) -> State:
        """Return moments of zero."""
        return zeros(w, "mean", "square")

    def update(
        self,
        w: FloatArray,
        g: FloatArray,
        state: State,
        *,
        lr: float,
        step: int,
        decayed: FloatArray,
    ) -> None:
        """Step by the mean gradient over its own usual size."""
        m, v = state["mean"], state["square"]
        m *= self.beta1
        m += g
        np.square(g, out=g)
        v *= self.beta2
        v += g
        unbias_m = (1 - self.beta1) / (1 - self.beta1**step)
        unbias_v = math.sqrt((1 - self.beta2) / (1 - self.beta2**step))
        np.sqrt(v, out=g)
        g += self.epsilon / unbias_v
        np.divide(m, g, out=g)
        g *= lr * unbias_m / unbias_v
        w -= g


@dataclass(frozen=True)
class AdamW:
    """Adam, and besides w -= lr * weight_decay * w where weight decay acts.

    Decoupled from the gradient, the decay shrinks all weights alike; as part of the gradient it
    would be divided by its usual size, like all else.

    Source: Loshchilov and Hutter, 2019, algorithm 2.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01

    def init(self, w: FloatArray) -> State:
        """Return moments of zero."""
        return self._adam.init(w)

    def update(
        self,
        w: FloatArray,
        g: FloatArray,
        state: State,
        *,
        lr: float,
        step: int,
        decayed: FloatArray,
    ) -> None:
        """Decay, then step as Adam does."""
        w -= (lr * self.weight_decay) * (decayed * w)
        self._adam.update(w, g, state, lr=lr, step=step, decayed=decayed)

    @property
    def _adam(self) -> Adam:
        return Adam(self.beta1, self.beta2, self.epsilon)
