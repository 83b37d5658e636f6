"""A finished run held against its data: every answer that pictures and tables are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.data import Dataset
from homespun.data.split import stratified_split
from homespun.errors import SettingError
from homespun.models import Model
from homespun.runs.calibration import fit_temperature, probabilities_at
from homespun.runs.fingerprint import fingerprint
from homespun.runs.folder import RunFolder, Settings
from homespun.runs.job import Job
from homespun.storage import load
from homespun.training import Plan
from homespun.types import ByteArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Examination:
    """What a run's model says about the pictures of its data.

    Attributes:
        model: the trained model.
        plan: what it was trained by.
        train: the part that was trained on.
        validation: the part that was held out, or None.
        validation_places: (n_validation,) where its pictures stand in the training file.
        test: the part that it is judged on.
        validation_logits: (n_validation, n_classes), or None.
        test_logits: (n_test, n_classes).
        temperature: what logits are divided by; fitted on the validation part, 1 without it.
    """

    model: Model
    plan: Plan
    train: Dataset
    validation: Dataset | None
    validation_places: IntArray
    test: Dataset
    validation_logits: FloatArray | None
    test_logits: FloatArray
    temperature: float

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Return what these logits say, at the run's temperature; rows sum to 1."""
        return probabilities_at(self.model.loss, logits, self.temperature)

    def ask(self, images: ByteArray) -> FloatArray:
        """Return the probabilities of other pictures."""
        return self.probabilities(self.model.predict_logits(images))


def examine(
    folder: RunFolder, training_file: Dataset, test: Dataset, threads: int | None = None
) -> Examination:
    """Return what the run's model says about its data; the parts are cut as in the run.

    Raises:
        FileError: a file of the run is missing.
        ModelFileError: a file of the run is damaged.
        SettingError: the run was trained on other data, or its recipe is not known here.
    """
    record = folder.read_record()
    if fingerprint(training_file) != record["data"].get("sha256"):
        raise SettingError(f"{folder.path} was trained on other data than these")
    settings = Settings(**record["settings"])
    job = Job.of(settings, training_file)
    validation = job.validation
    places: IntArray = np.arange(0)
    model = load(folder.model)
    validation_logits, temperature = None, 1.0
    if validation is not None:
        _, places = stratified_split(training_file.labels, settings.validation, settings.seed)
        validation_logits = model.predict_logits(validation.images, threads)
        temperature = fit_temperature(model.loss, validation_logits, validation.labels)
    return Examination(
        model=model,
        plan=job.plan,
        train=job.data,
        validation=validation,
        validation_places=places,
        test=test,
        validation_logits=validation_logits,
        test_logits=model.predict_logits(test.images, threads),
        temperature=temperature,
    )
