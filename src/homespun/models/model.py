"""A trained network with all that it needs to answer: the same answer at every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from homespun.data import Preparation, Scaling
from homespun.errors import ShapeError
from homespun.models.answers import Answers, Trust
from homespun.models.calibration import calibrated
from homespun.models.inside import Inside
from homespun.models.rejection import Rejection
from homespun.nn import BinaryCrossEntropy, Layer, Loss, Parameters
from homespun.training import predict_logits, workers_for
from homespun.types import Array, FloatArray, IntArray, Shape

USUAL_THRESHOLD = 0.5
"""How probable a label must be to be given, where nobody has said."""


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
        temperature: with `smoothing` what makes probabilities calibrated; see `calibrated`.
        smoothing: what is taken off each probability before the temperature.
        sure_from: the probability from which an answer can be trusted; None: never, since nothing
            was measured, or nothing reached the promise.
        rejection: what tells that a picture is unlike the training pictures; None: nothing does.
        preparation: what photos go through to become pictures; None: nobody has said.
        thresholds: where a picture may have any number of labels, how probable each must be to be
            given; None: 0.5 each.
        flips: whether to answer by the mean of what a picture and its mirror image give, in twice
            the time; a way to ask, which model files do not keep.
    """

    network: Layer
    parameters: Parameters
    loss: Loss
    scaling: Scaling
    in_shape: Shape
    class_names: tuple[str, ...]
    record: Mapping[str, Any] = field(default_factory=dict)
    pixels: str = "uint8"
    temperature: float = 1.0
    smoothing: float = 0.0
    sure_from: float | None = None
    rejection: Rejection | None = None
    preparation: Preparation | None = None
    thresholds: tuple[float, ...] | None = None
    flips: bool = False

    @property
    def gives_many_labels(self) -> bool:
        """Whether a picture may have any number of labels, none among them."""
        return isinstance(self.loss, BinaryCrossEntropy)

    def predict_logits(self, images: Array, threads: int | None = None) -> FloatArray:
        """Return logits (n_samples, n_classes) for images (n_samples, *in_shape).

        Raises:
            ShapeError: the pictures have another shape or another type.
        """
        return self._ask(self.network, len(self.class_names), images, threads)

    def predict_proba(self, images: Array, threads: int | None = None) -> FloatArray:
        """Return calibrated probabilities (n_samples, n_classes) for images (n_samples, *in_shape).

        Raises:
            ShapeError: the pictures have another shape or another type.
        """
        return self.probabilities(self.predict_logits(images, threads))

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Return the calibrated probabilities that these logits mean, in their type."""
        if self.temperature == 1 and not self.smoothing:
            return self.loss.probabilities(logits)
        found = calibrated(self.loss, logits, self.temperature, self.smoothing)
        return found.astype(logits.dtype)

    def predict(self, images: Array, threads: int | None = None) -> IntArray:
        """Return the index of the likeliest class, (n_samples,).

        Where a picture may have any number of labels: ones where a label is probable enough, and
        zeros, (n_samples, n_classes).

        Raises:
            ShapeError: the pictures have another shape or another type.
        """
        logits = self.predict_logits(images, threads)
        if self.gives_many_labels:
            least = self.thresholds or (USUAL_THRESHOLD,) * len(self.class_names)
            return (self.probabilities(logits) >= np.array(least)).astype(np.int64)
        answers: IntArray = logits.argmax(axis=1)
        return answers

    def answer(self, images: Array, threads: int | None = None) -> Answers:
        """Return probabilities and how far each answer can be trusted, in one pass.

        Raises:
            ShapeError: the pictures have another shape or another type.
        """
        if self.rejection is None:
            probabilities = self.predict_proba(images, threads)
            return Answers(probabilities, None, self._trust(probabilities, None))
        features = self._inside(images, threads, self.rejection)
        probabilities = self.probabilities(features[:, -len(self.class_names) :])
        unlikeness = self.rejection.scores(features)
        return Answers(probabilities, unlikeness, self._trust(probabilities, unlikeness))

    def trust(self, images: Array, threads: int | None = None) -> tuple[Trust, ...]:
        """Return for each picture whether its answer can be trusted: yes, unsure or unlike.

        Raises:
            ShapeError: the pictures have another shape or another type.
        """
        return self.answer(images, threads).trust

    def reject(self, images: Array, threads: int | None = None) -> Array:
        """Return (n_samples,) bool: whether each is unlike what the model was trained on.

        A model without a rejection takes every picture for one of its own.

        Raises:
            ShapeError: the pictures have another shape or another type.
        """
        if self.rejection is None:
            self._check(images)
            return np.zeros(len(images), bool)
        return self.rejection.rejects(
            self.rejection.scores(self._inside(images, threads, self.rejection))
        )

    def _trust(self, probabilities: FloatArray, unlikeness: FloatArray | None) -> tuple[Trust, ...]:
        sure = np.zeros(len(probabilities), bool)
        if self.sure_from is not None:
            sure = self.confidence(probabilities) >= self.sure_from
        unlike = np.zeros(len(probabilities), bool)
        if self.rejection is not None and unlikeness is not None:
            unlike = self.rejection.rejects(unlikeness)
        return tuple(
            "unlike" if odd else "yes" if certain else "unsure"
            for odd, certain in zip(unlike, sure, strict=True)
        )

    def confidence(self, probabilities: FloatArray) -> FloatArray:
        """Return (n_samples,): how probable it is that each answer is right.

        Where a picture may have any number of labels it is that of the least sure label.
        """
        if self.gives_many_labels:
            least: FloatArray = np.maximum(probabilities, 1 - probabilities).min(axis=1)
            return least
        likeliest: FloatArray = probabilities.max(axis=1)
        return likeliest

    def _inside(self, images: Array, threads: int | None, rejection: Rejection) -> FloatArray:
        width = sum(depth.means.shape[1] for depth in rejection.depths)
        return self._ask(Inside(self.network, rejection.layers), width, images, threads)

    def _ask(self, network: Layer, width: int, images: Array, threads: int | None) -> FloatArray:
        """Return what the network gives, (n_samples, width)."""
        self._check(images)
        if not len(images):
            return np.empty((0, width), self.parameters.vector.dtype)
        views = (images, images[:, :, ::-1]) if self.flips else (images,)
        with workers_for(len(images), threads) as workers:
            seen = [
                predict_logits(network, self.parameters.views, self.scaling, view, workers)
                for view in views
            ]
        return seen[0] if len(seen) == 1 else (seen[0] + seen[1]) / 2

    def _check(self, images: Array) -> None:
        if images.dtype != self.pixels:
            raise ShapeError(f"the model takes {self.pixels} pictures, got {images.dtype}")
        if images.shape[1:] != self.in_shape:
            raise ShapeError(
                f"the model takes pictures of shape {self.in_shape}, got {images.shape[1:]}"
            )
