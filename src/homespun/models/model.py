"""A trained network with all that it needs to answer: the same answer at every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homespun.data import Scaling
from homespun.errors import ShapeError
from homespun.nn import Layer, Loss, Parameters
from homespun.training import predict_logits, workers_for
from homespun.types import Array, FloatArray, IntArray, Shape


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network, and what turns pictures into its input and its output into answers.

    Attributes:
        network: from scaled pictures to logits.
        parameters: its weights.
        loss: what it was trained with; knows how logits become probabilities.
        scaling: what pixels go through before the network.
        in_shape: (height, width, channel) of the pictures.
        class_names: the name of each class.
        record: how it came to be (recipe, seed, data, accuracy, versions); plain JSON values.
        pixels: the type of the pictures' numbers, which the scaling was fitted on.
    """

    network: Layer
    parameters: Parameters
    loss: Loss
    scaling: Scaling
    in_shape: Shape
    class_names: tuple[str, ...]
    record: Mapping[str, Any] = field(default_factory=dict)
    pixels: str = "uint8"

    def predict_logits(self, images: Array, threads: int | None = None) -> FloatArray:
        """Return logits (n_samples, n_classes) for images (n_samples, *in_shape).

        Raises:
            ShapeError: the pictures have another shape or another type.
        """
        if images.dtype != self.pixels:
            raise ShapeError(f"the model takes {self.pixels} pictures, got {images.dtype}")
        if images.shape[1:] != self.in_shape:
            raise ShapeError(
                f"the model takes pictures of shape {self.in_shape}, got {images.shape[1:]}"
            )
        with workers_for(len(images), threads) as workers:
            return predict_logits(
                self.network, self.parameters.views, self.scaling, images, workers
            )

    def predict_proba(self, images: Array, threads: int | None = None) -> FloatArray:
        """Return probabilities (n_samples, n_classes) for images (n_samples, *in_shape)."""
        return self.loss.probabilities(self.predict_logits(images, threads))

    def predict(self, images: Array, threads: int | None = None) -> IntArray:
        """Return the index of the likeliest class, (n_samples,)."""
        answers: IntArray = self.predict_logits(images, threads).argmax(axis=1)
        return answers
