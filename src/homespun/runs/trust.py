"""Fitting, at the end of a training, what tells how far a model's answers can be trusted.

All of it comes from the validation part, which the network did not learn from; only what training
pictures look like from inside, their means and covariances, comes from the training part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from homespun.data import Dataset
from homespun.models import Model, Rejection
from homespun.models.calibration import fit_calibration, sure_from
from homespun.models.inside import Inside, telling_layers
from homespun.nn import SoftmaxCrossEntropy
from homespun.training import Workers, predict_logits
from homespun.types import Array, FloatArray

PROMISE = 0.97
"""The share of right answers among those marked `yes`, on the validation part."""

_MOST = 10_000
"""Training pictures whose features are described; more of them change next to nothing."""


def with_trust(
    model: Model, train: Dataset, validation: Dataset | None, threads: int | None = None
) -> Model:
    """Return the model with its calibration, its promise and its rejection fitted.

    Without a validation part nothing is fitted: probabilities stay as they were trained, no answer
    is marked `yes`, and no picture can be told to be unlike the training pictures. The result does
    not depend on the number of threads.

    Args:
        model: a model just trained, one label a picture.
        train: what it was trained on.
        validation: what was held out; None if nothing was.
        threads: how many.
    """
    if validation is None or not len(validation) or validation.labels.ndim != 1:
        return model
    logits = model.predict_logits(validation.images, threads)
    temperature, smoothing = 1.0, 0.0
    if isinstance(model.loss, SoftmaxCrossEntropy):
        temperature, smoothing = fit_calibration(model.loss, logits, validation.labels)
    model = replace(model, temperature=temperature, smoothing=smoothing)
    probabilities = model.probabilities(logits)
    right = probabilities.argmax(axis=1) == validation.labels
    return replace(
        model,
        sure_from=sure_from(model.confidence(probabilities), right, PROMISE),
        rejection=_rejection(model, train, validation, threads),
    )


def about_trust(model: Model) -> dict[str, Any]:
    """Return what was fitted as plain JSON values, for the record of a run."""
    rejection = model.rejection
    return {
        "temperature": model.temperature,
        "smoothing": model.smoothing,
        "promise": PROMISE,
        "sure_from": model.sure_from,
        "rejection": None
        if rejection is None
        else {
            "layers": list(rejection.layers),
            "threshold": rejection.threshold,
            "kept": rejection.kept,
        },
    }


def trust_shares(trust: tuple[str, ...], right: Array) -> dict[str, Mapping[str, float | None]]:
    """Return for each kind of trust what share of the answers has it, and how many are right."""
    kinds = np.array(trust)
    shares: dict[str, Mapping[str, float | None]] = {}
    for kind in ("yes", "unsure", "unlike"):
        chosen = kinds == kind
        accuracy = float(right[chosen].mean()) if chosen.any() else None
        shares[kind] = {"share": float(chosen.mean()), "accuracy": accuracy}
    return shares


def words_of_trust(model: Model) -> str:
    """Return a line for people on what was fitted."""
    if model.rejection is None:
        return (
            "without a validation part nothing was calibrated: probabilities are as trained "
            "(temperature 1), no answer counts as sure, and no picture as unlike the training data"
        )
    sure = (
        f"answers count as sure from {model.sure_from:.1%} on"
        if model.sure_from is not None
        else f"no answer counts as sure, since none kept the promise of {PROMISE:.0%}"
    )
    return (
        f"calibrated on the validation part (temperature {model.temperature:.3f}); {sure}; "
        f"{model.rejection.kept:.0%} of its pictures count as like the training data"
    )


def _rejection(model: Model, train: Dataset, validation: Dataset, threads: int | None) -> Rejection:
    layers = telling_layers(model.network)
    inside = Inside(model.network, layers)
    ends = np.cumsum(inside.widths(model.in_shape))[:-1]
    some = train.take(np.arange(0, len(train), -(-len(train) // _MOST)))
    params = model.parameters.views

    def seen(images: Array, workers: Workers) -> list[FloatArray]:
        features = predict_logits(inside, params, model.scaling, images, workers)
        return np.split(features, ends, axis=1)

    with Workers(threads) as workers:  # in here products run on one thread: the same bits always
        return Rejection.fit(
            layers,
            seen(some.images, workers),
            some.labels,
            len(model.class_names),
            seen(validation.images, workers),
        )
