"""Finite differences: what a gradient is by definition, to hold a written gradient against.

Along one random direction d, the slope of f at x is (f(x + h d) - f(x - h d)) / 2h, and it must be
the product of the gradient and d. One direction checks all numbers at once, since a wrong one
among them would have to be hit by chance to go unseen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from homespun.types import FloatArray

TOLERANCE = 1e-6
_STEP = 1e-5


def assert_slope(
    f: Callable[[FloatArray], float], x: FloatArray, gradient: FloatArray, what: str
) -> None:
    """Assert that `gradient` is the gradient of `f` at `x`, along three random directions.

    Args:
        f: a smooth function of an array like `x`, computed in float64.
        x: where to look, float64.
        gradient: what is claimed, in the shape of `x`.
        what: the name of the gradient, for the message.

    Raises:
        AssertionError: the shape differs, or slope and product differ by more than TOLERANCE,
            relative to the larger of them and 1.
    """
    assert gradient.shape == x.shape, f"{what}: expected shape {x.shape}, got {gradient.shape}"
    rng = np.random.default_rng(0)
    for _ in range(3):
        direction = rng.standard_normal(x.shape)
        direction /= max(1.0, float(np.linalg.norm(direction)))
        slope = (f(x + _STEP * direction) - f(x - _STEP * direction)) / (2 * _STEP)
        claimed = float(np.sum(gradient * direction))
        error = abs(slope - claimed) / max(1.0, abs(slope), abs(claimed))
        assert error <= TOLERANCE, (
            f"{what}: finite differences give a slope of {slope:.9g}, backward gives {claimed:.9g}"
        )
