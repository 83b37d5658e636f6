"""What scikit-learn's users bring as y: one label a picture, or any number of them.

Each kind knows how labels become what the network learns, and probabilities become labels again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from homespun.nn import BinaryCrossEntropy, Loss
from homespun.types import Array, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class OneLabel:
    """Each picture has one of `classes`.

    Attributes:
        classes: (n_classes,) labels, sorted.
    """

    classes: Array
    activation: ClassVar = "softmax"

    def choose_loss(self, preferred: Loss) -> Loss:
        """Return the loss that a plan prefers: all are made for one label a picture."""
        return preferred

    def encode(self, y: Array) -> IntArray:
        """Return the index of each label's class.

        Raises:
            ValueError: there is a label without a class.
        """
        indices: IntArray = np.searchsorted(self.classes, y).clip(max=len(self.classes) - 1)
        if not np.array_equal(self.classes[indices], y):
            raise ValueError(
                "`y` has classes not in `self.classes_`. "
                f"`self.classes_` has {self.classes}. 'y' has {np.unique(y)}."
            )
        return indices

    def decisions(self, logits: FloatArray) -> FloatArray:
        """Return the logits; of two classes one number tells, the second's less the first's."""
        return logits[:, 1] - logits[:, 0] if len(self.classes) == 2 else logits

    def thresholds(self, wanted: Any) -> None:
        """Return None: the likeliest class is the answer."""

    def decode(self, probabilities: FloatArray, thresholds: Any) -> Array:
        """Return the likeliest class of each row; thresholds do not matter."""
        labels: Array = self.classes[probabilities.argmax(axis=1)]
        return labels


@dataclass(frozen=True, eq=False)
class ManyLabels:
    """Each picture has any number of labels, which are columns of zeros and ones.

    Attributes:
        classes: (n_classes,) numbers of the columns.
    """

    classes: IntArray
    activation: ClassVar = "logistic"

    def choose_loss(self, preferred: Loss) -> Loss:
        """Return binary cross-entropy: a question for each label."""
        return BinaryCrossEntropy()

    def encode(self, y: Array) -> IntArray:
        """Return the zeros and ones.

        Raises:
            ValueError: there is another number of columns.
        """
        if y.shape[1:] != self.classes.shape:
            raise ValueError(
                f"`y` has shape {y.shape}, expected a column for each of {len(self.classes)} labels"
            )
        return y.astype(np.uint8)

    def decisions(self, logits: FloatArray) -> FloatArray:
        """Return the logits: above 0 is more likely than not."""
        return logits

    def thresholds(self, wanted: Any) -> tuple[float, ...]:
        """Return how probable each label must be to be given.

        Raises:
            ValueError: `wanted` is neither one number nor one for each label, or beyond 0 to 1.
        """
        given = np.asarray(wanted, dtype=float)
        if given.shape not in ((), self.classes.shape):
            raise ValueError(
                f"thresholds must be a number, or one for each of {len(self.classes)} labels, "
                f"got shape {given.shape}"
            )
        if not ((given >= 0) & (given <= 1)).all():
            raise ValueError(f"thresholds must be probabilities from 0 to 1, got {wanted!r}")
        return tuple(np.broadcast_to(given, self.classes.shape).tolist())

    def decode(self, probabilities: FloatArray, thresholds: Any) -> IntArray:
        """Return ones where a label's probability is at least its threshold.

        Raises:
            ValueError: see `thresholds`.
        """
        return (probabilities >= np.array(self.thresholds(thresholds))).astype(np.int64)


Targets: TypeAlias = OneLabel | ManyLabels


def targets_of(
    y: Array, multilabel: bool | Literal["auto"], classes: Any = None
) -> tuple[Array, Targets]:
    """Return y as an array of the shape that fits its kind, and the kind.

    Args:
        y: as scikit-learn validated it.
        multilabel: which kinds are allowed.
        classes: all labels there are, of one label a picture; those in y by default.

    Raises:
        ValueError: y is not made of labels, or not of the kind that `multilabel` asks for.
    """
    check_classification_targets(y)
    if hasattr(y, "toarray"):
        y = y.toarray()
    has_many = type_of_target(y, input_name="y") == "multilabel-indicator"
    if multilabel is True and y.ndim == 2 and np.isin(y, (0, 1)).all():
        has_many = True  # even with a single column
    if multilabel is True and not has_many:
        raise ValueError(
            "multilabel=True takes y of shape (n_samples, n_labels) that holds zeros and ones, "
            f"got shape {y.shape}"
        )
    if has_many and not multilabel:
        raise ValueError("y has several labels a picture, which multilabel=False does not allow")
    if has_many:
        return y, ManyLabels(np.arange(y.shape[1]))
    y = column_or_1d(y, warn=True)
    return y, OneLabel(np.unique(y if classes is None else classes))
