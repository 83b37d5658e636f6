"""What a model says of pictures, and how far each answer can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from homespun.types import FloatArray

Trust: TypeAlias = Literal["yes", "unsure", "unlike"]
"""`yes`: so sure an answer kept the promise on pictures held out. `unsure`: it did not, or nobody
could say. `unlike`: the picture is unlike what the model was trained on, so that its answer means
nothing."""

TRUST_IN_WORDS: Mapping[Trust, str] = {
    "yes": "yes",
    "unsure": "unsure",
    "unlike": "not like the training data",
}
"""The same words at every door."""


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to some pictures.

    Attributes:
        probabilities: (n_samples, n_classes).
        unlikeness: (n_samples,) how unlike the training pictures each is; None where the model
            cannot tell.
        trust: for each picture, how far its answer can be trusted.
    """

    probabilities: FloatArray
    unlikeness: FloatArray | None
    trust: tuple[Trust, ...]

    def named(self, class_names: Sequence[str]) -> list[dict[str, Any]]:
        """Return for each picture what every door says of it, ready for JSON.

        Returns:
            `label` and its `probability`, `trust`, and `probabilities` by class name.
        """
        return [
            _named(dict(zip(class_names, row, strict=True)), trust)
            for row, trust in zip(
                self.probabilities.astype(np.float64).tolist(), self.trust, strict=True
            )
        ]


def _named(probabilities: dict[str, float], trust: Trust) -> dict[str, Any]:
    label = max(probabilities, key=probabilities.__getitem__)
    return {
        "label": label,
        "probability": probabilities[label],
        "trust": trust,
        "probabilities": probabilities,
    }
