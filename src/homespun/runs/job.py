"""What a run has to do: its settings applied to the data at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homespun.data import Dataset, split
from homespun.models import find_recipe
from homespun.runs.fingerprint import fingerprint
from homespun.runs.folder import Settings
from homespun.training import Plan


@dataclass(frozen=True, eq=False)
class Job:
    """A plan and the two parts of the training file.

    Attributes:
        plan: what to train and how.
        data: what is trained on.
        validation: what is held out; None if nothing is.
        about_data: how the record describes the data; plain JSON values.
    """

    plan: Plan
    data: Dataset
    validation: Dataset | None
    about_data: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Settings, training_file: Dataset) -> Job:
        """Return the job that these settings mean for this training file.

        Raises:
            SettingError: no such recipe, or the settings do not fit the data.
        """
        recipe = find_recipe(settings.recipe)
        data, validation = training_file, None
        if settings.validation:
            data, validation = split(training_file, settings.validation, settings.seed)
        plan = recipe.plan(
            n_samples=len(data),
            n_classes=data.n_classes,
            seed=settings.seed,
            epochs=settings.epochs,
        )
        about = {
            "sha256": fingerprint(training_file),
            "n_train": len(data),
            "n_validation": 0 if validation is None else len(validation),
            "class_names": list(training_file.class_names),
            "in_shape": list(training_file.images.shape[1:]),
        }
        return cls(plan, data, validation, about)
