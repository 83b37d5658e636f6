"""Training pictures that are like a given one to the network, so that a person can judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from homespun.data import Dataset
from homespun.models import Model
from homespun.models.inside import Inside, telling_layers
from homespun.training import Workers, predict_logits
from homespun.types import Array, ByteArray, FloatArray

_AT_ONCE = 100


class Neighbour(NamedTuple):
    """A training picture: its label, its pixels as the model sees them, and how far away it is."""

    label: str
    pixels: ByteArray
    distance: float


@dataclass(frozen=True, eq=False)
class _Index:
    pictures: Dataset
    features: FloatArray


class Similar:
    """Finds the nearest of some training pictures; it finds none until it has been filled."""

    def __init__(self) -> None:
        self._index: _Index | None = None

    @property
    def is_ready(self) -> bool:
        """Whether there is anything to find."""
        return self._index is not None

    def fill(
        self, model: Model, pictures: Dataset, is_wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Look at the pictures through the model; takes seconds, and is seen when it is done.

        Args:
            model: sees them.
            pictures: at least one.
            is_wanted: is asked again and again; once it says no, nothing comes of it.
        """
        blocks = []
        for start in range(0, len(pictures), _AT_ONCE):
            if not is_wanted():
                return
            blocks.append(hidden(model, pictures.images[start : start + _AT_ONCE]))
        self._index = _Index(pictures, np.concatenate(blocks))

    def nearest(self, model: Model, pixels: ByteArray, n: int) -> list[Neighbour]:
        """Return the `n` pictures nearest to one (height, width, channel), the nearest first.

        Near is meant in the last hidden layer, by Euclid; equally near ones come in their order.
        """
        if self._index is None:
            return []
        own = hidden(model, pixels[np.newaxis])[0]
        distances = np.linalg.norm(self._index.features - own, axis=1)
        pictures = self._index.pictures
        return [
            Neighbour(
                pictures.class_names[pictures.labels[i]], pictures.images[i], float(distances[i])
            )
            for i in np.argsort(distances, kind="stable")[:n]
        ]


def hidden(model: Model, images: Array) -> FloatArray:
    """Return what the last hidden layer gives for images (n, height, width, channel): (n, width).

    A network without one gives its output.
    """
    layers = telling_layers(model.network)
    last = layers[-2] if len(layers) > 1 else layers[-1]
    inside = Inside(model.network, (last,))
    with Workers(1) as workers:
        return predict_logits(inside, model.parameters.views, model.scaling, images, workers)
