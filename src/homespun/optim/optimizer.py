"""What every optimizer is: a rule that changes weights in place, number by number.

Since a rule works on every number by itself, it may be run on any slice of the flat vector: threads
share the work, and the result does not depend on how they cut it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

import numpy as np

from homespun.types import FloatArray

State: TypeAlias = Mapping[str, FloatArray]
"""What an optimizer remembers: vectors of the weights' length, by name."""


class Optimizer(Protocol):
    """A frozen description; what it remembers lies in a State that the caller keeps."""

    def init(self, w: FloatArray) -> State:
        """Return the memory before the first step, for weights like `w` of shape (n,)."""
        ...

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
        """Change `w` and `state` in place; `g` may be overwritten as working room.

        Args:
            w: weights of shape (n,), or any slice of them.
            g: the gradient of the loss with respect to `w`.
            state: the memory, cut like `w`.
            lr: the learning rate, that is the step size.
            step: the number of this update, counted from 1.
            decayed: 1 where weight decay acts, 0 elsewhere, cut like `w`.
        """
        ...


def zeros(w: FloatArray, *names: str) -> State:
    """Return a memory of zeros under these names."""
    return {name: np.zeros_like(w) for name in names}
