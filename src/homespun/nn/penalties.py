"""Penalties on large weights: `(w, strength) -> (penalty, dw)`; biases are never penalised."""

from __future__ import annotations

import numpy as np

from homespun.types import FloatArray


def l1_penalty(w: FloatArray, strength: float) -> tuple[float, FloatArray]:
    """Return strength * sum |w| and its gradient strength * sign(w), which is 0 at 0."""
    return strength * float(np.abs(w).sum()), strength * np.sign(w)


def l2_penalty(w: FloatArray, strength: float) -> tuple[float, FloatArray]:
    """Return strength / 2 * sum w² and its gradient strength * w."""
    return 0.5 * strength * float(w @ w), strength * w
