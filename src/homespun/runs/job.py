"""What a run has to do: its settings applied to the data at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from homespun.data import Dataset, stratified_split
from homespun.models import find_recipe
from homespun.runs.fingerprint import fingerprint
from homespun.runs.folder import Settings
from homespun.training import Plan
from homespun.types import IntArray


@dataclass(frozen=True, eq=False)
class Job:
    """A plan and the two parts of the training file.

    Attributes:
        plan: what to train and how.
        data: what is trained on.
        validation: what is held out; None if nothing is.
        held_out: (n_validation,) where that stands in the training file.
        about_data: how the record describes the data; plain JSON values.
    """

    plan: Plan
    data: Dataset
    validation: Dataset | None
    held_out: IntArray
    about_data: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Settings, training_file: Dataset) -> Job:
        """Return the job that these settings mean for this training file.

        Raises:
            SettingError: no such recipe, or the settings do not fit the data.
        """
        recipe = find_recipe(settings.recipe)
        held_out = _held_out(settings, training_file)
        data, validation = training_file, None
        if len(held_out):
            data = training_file.take(np.delete(np.arange(len(training_file)), held_out))
            validation = training_file.take(held_out)
        plan = recipe.plan(
            n_samples=len(data),
            n_classes=data.n_classes,
            seed=settings.seed,
            epochs=settings.epochs,
            changes=settings.changes,
        )
        about = {
            "sha256": fingerprint(training_file),
            "n_train": len(data),
            "n_validation": 0 if validation is None else len(validation),
            "class_names": list(training_file.class_names),
            "in_shape": list(training_file.images.shape[1:]),
            **training_file.about,
        }
        return cls(plan, data, validation, held_out, about)


def _held_out(settings: Settings, training_file: Dataset) -> IntArray:
    """Return which pictures are held out: those that the data name, or those that are drawn."""
    if training_file.held_out is not None:
        return training_file.held_out
    if not settings.validation:
        return np.arange(0)
    return stratified_split(training_file.labels, settings.validation, settings.seed)[1]
