"""Stochastic gradient descent, plain and with momentum."""

from __future__ import annotations

from dataclasses import dataclass

from homespun.optim.optimizer import State, zeros
from homespun.types import FloatArray


@dataclass(frozen=True)
class SGD:
    """w -= lr * g."""

    def init(self, w: FloatArray) -> State:
        """Return no memory."""
        return {}

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
        """Go down the gradient."""
        g *= lr
        w -= g


@dataclass(frozen=True)
class Momentum:
    """v = momentum * v + g; w -= lr * v.

    Source: Polyak, 1964, equation 9, in the form of Sutskever et al., 2013, equations 1 and 2, with
    the learning rate outside the velocity, so that a schedule acts at once.
    """

    momentum: float = 0.9

    def init(self, w: FloatArray) -> State:
        """Return a velocity at rest."""
        return zeros(w, "velocity")

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
        """Roll on in the direction of past gradients."""
        v = state["velocity"]
        v *= self.momentum
        v += g
        w -= lr * v


@dataclass(frozen=True)
class Nesterov:
    """v = momentum * v + g; w -= lr * (g + momentum * v): momentum that looks one step ahead.

    Attributes:
        momentum: the share of the velocity that is kept in each step.
        weight_decay: lr * weight_decay of each decayed weight is taken off in each step, decoupled
            from the velocity (Loshchilov and Hutter, 2019, algorithm 1).

    Source: Nesterov, 1983; this form: Bengio et al., 2013, "Advances in optimizing recurrent
    networks", section 3.5.
    """

    momentum: float = 0.9
    weight_decay: float = 0.0

    def init(self, w: FloatArray) -> State:
        """Return a velocity at rest."""
        return zeros(w, "velocity")

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
        """Roll on, and correct by the gradient at the place where the velocity leads."""
        v = state["velocity"]
        v *= self.momentum
        v += g
        g += self.momentum * v
        if self.weight_decay:
            g += self.weight_decay * (decayed * w)
        g *= lr
        w -= g
