"""What a model says of pictures, and how far each answer can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from homespun.types import FloatArray

Trust: TypeAlias = Literal["yes", "unsure", "unlike"]
"""`yes`: so sure an answer kept the promise on pictures held out. `unsure`: it did not, or nobody
could say. `unlike`: the picture is unlike what the model was trained on, so that its answer means
nothing."""


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
