"""XOR, the article's first network: as it was printed, and with its two faults mended.

The article watched the *signed* sum of the errors, in which a wrong answer of +0.5 and one of -0.5
cancel. The records here keep the sum of squares beside it, which shows when anything is learnt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import expit

from homespun.types import Array, FloatArray, IntArray

INPUTS: Array = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
ANSWERS: Array = np.array([[0], [1], [1], [0]], dtype=np.float64)

EPOCHS = 50_000
PRINTED_EVERY = 5_000
LEARNING_RATE = 0.1

Step: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
"""Update w1 (2, 3) and w2 (3, 1) in place; return the errors (4, 1) from before the update."""


@dataclass(frozen=True, eq=False)
class XorRecord:
    """What a training on XOR left behind.

    Attributes:
        epochs: the epochs at which the errors were noted, of shape (n_notes,).
        sums: the signed sum of the four errors at each of these epochs.
        squares: the sum of their squares.
        predictions: the four outputs after training, in the order of `INPUTS`.
    """

    epochs: IntArray
    sums: FloatArray
    squares: FloatArray
    predictions: FloatArray

    def at(self, epoch: int) -> tuple[float, float]:
        """Return the signed sum and the sum of squares at `epoch`, which must have been noted."""
        (index,) = np.flatnonzero(self.epochs == epoch)
        return float(self.sums[index]), float(self.squares[index])

    def answer(self, x1: int, x2: int) -> int:
        """Return the rounded answer for the inputs `x1` and `x2`, each 0 or 1."""
        return int(self.predictions[2 * x1 + x2] > 0.5)


def printed_step(w1: FloatArray, w2: FloatArray) -> FloatArray:
    """Move by one step as printed, with both faults.

    The slope is taken of values that went through the sigmoid already, and W2 has moved before
    the error is sent back through it.
    """
    hidden = expit(INPUTS @ w1)
    errors = ANSWERS - hidden @ w2
    dZ = LEARNING_RATE * errors
    w2 += hidden.T @ dZ
    dH = (dZ @ w2.T) * (expit(hidden) * (1 - expit(hidden)))
    w1 += INPUTS.T @ dH
    return errors


def mended_step(w1: FloatArray, w2: FloatArray) -> FloatArray:
    """Move by one step of gradient descent on half the sum of squared errors."""
    hidden = expit(INPUTS @ w1)
    errors = ANSWERS - hidden @ w2
    dZ = LEARNING_RATE * errors
    dH = (dZ @ w2.T) * (hidden * (1 - hidden))
    w2 += hidden.T @ dZ
    w1 += INPUTS.T @ dH
    return errors


def train_xor(step: Step, *, epochs: int = EPOCHS, every: int = 100) -> XorRecord:
    """Train the 2-3-1 network without biases by `step`, from the article's first weights.

    The errors are noted in epoch 0 and in each `every`-th after it.
    """
    draws = np.random.RandomState(42)
    w1, w2 = draws.uniform(size=(2, 3)), draws.uniform(size=(3, 1))
    notes: list[tuple[int, float, float]] = []
    for epoch in range(epochs):
        errors = step(w1, w2)
        if epoch % every == 0:
            notes.append((epoch, float(errors.sum()), float(np.square(errors).sum())))
    at, sums, squares = zip(*notes, strict=True)
    predictions = (expit(INPUTS @ w1) @ w2).ravel()
    return XorRecord(np.array(at), np.array(sums), np.array(squares), predictions)
