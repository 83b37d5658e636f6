"""What a file says of itself beside its graph: names, and what answers mean."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from homespun.data import Preparation
from homespun.export.answers import TRUST
from homespun.models import Model
from homespun.models.model import USUAL_THRESHOLD


def about(model: Model) -> dict[str, Any]:
    """Return what a file tells of the model, as plain JSON values.

    Nothing of how the model came to be is among it, such as names of a user's folders.
    """
    many = model.gives_many_labels
    usual = (USUAL_THRESHOLD,) * len(model.class_names)
    return {
        "class_names": list(model.class_names),
        "weight_hash": model.parameters.weight_hash(),
        "in_shape": list(model.in_shape),
        "pixels": model.pixels,
        "layout": "n, height, width, channel; 3 channels are red, green, blue",
        "trust": list(TRUST),
        "sure_from": model.sure_from,
        "unlike_above": None if model.rejection is None else model.rejection.threshold,
        "thresholds": list(model.thresholds or usual) if many else None,
        "temperature": float(model.temperature),
        "smoothing": float(model.smoothing),
        "preparation": asdict(preparation_of(model)),
    }


def metadata(model: Model) -> dict[str, str]:
    """Return the entries of a file's `metadata_props`: the values of `about`, each as JSON."""
    return {name: json.dumps(value, ensure_ascii=False) for name, value in about(model).items()}


def preparation_of(model: Model) -> Preparation:
    """Return what photos go through on their way to the model, as at every other door."""
    return model.preparation or Preparation()
