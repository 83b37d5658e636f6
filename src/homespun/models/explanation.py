"""Which places of a picture an answer hangs on, asked in two ways."""

from __future__ import annotations

import numpy as np

from homespun.models.model import Model
from homespun.nn import Parameters
from homespun.types import Array, FloatArray


def gradient_map(model: Model, picture: Array, label: int) -> FloatArray:
    """Return (height, width): how much the score of a class moves with each place, at least 0.

    It is the absolute gradient of the class's logit, the largest over channels (Simonyan, Vedaldi
    and Zisserman, 2013, "Deep inside convolutional networks", section 3.1).

    Args:
        model: the model that is asked.
        picture: (height, width, channel), of the model's shape and type.
        label: the index of the class.
    """
    x = model.scaling(picture[np.newaxis], model.parameters.vector.dtype)
    rng = np.random.default_rng(0)  # nothing is drawn in prediction
    logits, backward = model.network.forward(model.parameters.views, x, train=False, rng=rng)
    dlogits = np.zeros_like(logits)
    dlogits[0, label] = 1
    grads = Parameters(model.parameters.views, model.parameters.vector.dtype)
    grads.clear()
    dx = backward(dlogits, grads.views, need_dx=True)
    strength: FloatArray = np.abs(dx[0]).max(axis=2)
    return strength


def occlusion_map(
    model: Model, picture: Array, label: int, side: int | None = None, threads: int | None = None
) -> FloatArray:
    """Return (height, width): how much of a class's probability is lost with what is around there.

    A square of the mean colour covers one part after another; each place has the mean loss over the
    squares that cover it, which is negative where the answer gains without it (Zeiler and Fergus,
    2014, "Visualizing and understanding convolutional networks", section 4.2).

    Args:
        model: the model that is asked.
        picture: (height, width, channel), of the model's shape and type.
        label: the index of the class.
        side: of the square, in pixels; a fifth of the picture's shorter side by default.
        threads: how many.
    """
    height, width, _ = picture.shape
    side = max(1, min(height, width) // 5) if side is None else side
    step = max(1, side // 3)
    corners = [(top, left) for top in _starts(height, side, step)
               for left in _starts(width, side, step)]  # fmt: skip
    covered = np.repeat(picture[np.newaxis], len(corners) + 1, axis=0)
    mean = np.array(model.scaling.mean).round().astype(picture.dtype)
    for other, (top, left) in zip(covered[1:], corners, strict=True):
        other[top : top + side, left : left + side] = mean
    probabilities = model.predict_proba(covered, threads)[:, label].astype(np.float64)
    lost, n = np.zeros((height, width)), np.zeros((height, width))
    for probability, (top, left) in zip(probabilities[1:], corners, strict=True):
        square = slice(top, top + side), slice(left, left + side)
        lost[square] += probabilities[0] - probability
        n[square] += 1
    return lost / n


def _starts(length: int, side: int, step: int) -> list[int]:
    """Return where squares begin along a length, so that they reach its end."""
    last = max(0, length - side)
    return sorted({*range(0, last, step), last})
