"""A model just read is asked once: weights may be finite numbers, and its answers still be none."""

from __future__ import annotations

import numpy as np

from homespun.models import Model, count_macs
from homespun.models.inside import Inside

_MOST = 2**30
"""Multiplications a picture takes, forward, up to which models are tried out."""

_WHITE = 255


def try_out(model: Model) -> None:
    """Refuse a model that has no answer to plain pictures: black, white, and half and half.

    Raises:
        ValueError: an answer is not a finite number.
    """
    if count_macs(model.network, model.in_shape) > _MOST:
        return
    pictures = np.zeros((3, *model.in_shape), np.uint8)
    pictures[1] = _WHITE
    pictures[2, : model.in_shape[0] // 2] = _WHITE
    rng = np.random.default_rng(0)  # nothing is drawn in prediction
    with np.errstate(all="ignore"):
        x = model.scaling(pictures)
        views = model.parameters.views
        logits, _ = model.network.forward(views, x, train=False, rng=rng)
        answers = [logits, model.probabilities(logits)]
        if model.rejection is not None:
            inside = Inside(model.network, model.rejection.layers)
            features, _ = inside.forward(views, x, train=False, rng=rng)
            answers.append(model.rejection.scores(features))
    if not all(np.isfinite(answer).all() for answer in answers):
        raise ValueError("its answers to plain pictures are not finite numbers")
