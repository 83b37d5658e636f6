"""A finished run held against its data: every answer that pictures and tables are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from homespun.data import Dataset
from homespun.errors import SettingError
from homespun.models import Model
from homespun.models.calibration import calibrated
from homespun.runs.fingerprint import fingerprint
from homespun.runs.folder import RunFolder, Settings
from homespun.runs.job import Job
from homespun.storage import load
from homespun.training import Plan
from homespun.types import FloatArray, IntArray

TEST_PART = "test part"
VALIDATION_PART = "validation part"


@dataclass(frozen=True, eq=False)
class Examination:
    """What a run's model says about the pictures of its data.

    Attributes:
        model: the trained model.
        plan: what it was trained by.
        training_file: what that and the validation part were cut from.
        train: the part that was trained on.
        validation: the part that was held out, or None.
        validation_places: (n_validation,) where its pictures stand in the training file.
        test: the part that it is judged on.
        judged_on: what that is called; the validation part where the data have no other.
        validation_logits: (n_validation, n_classes), or None.
        test_logits: (n_test, n_classes).
        temperature: the model's own; 1 where nothing was fitted.
    """

    model: Model
    plan: Plan
    training_file: Dataset
    train: Dataset
    validation: Dataset | None
    validation_places: IntArray
    test: Dataset
    judged_on: str
    validation_logits: FloatArray | None
    test_logits: FloatArray
    temperature: float

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Return what these logits say, calibrated as the model is; rows sum to 1."""
        model = self.model
        return calibrated(model.loss, logits, model.temperature, model.smoothing)


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
    model = load(folder.model)
    validation_logits = None
    if validation is not None:
        validation_logits = model.predict_logits(validation.images, threads)
    return Examination(
        model=model,
        plan=job.plan,
        training_file=training_file,
        train=job.data,
        validation=validation,
        validation_places=job.held_out,
        test=test,
        judged_on=record["data"].get("judged_on", TEST_PART),
        validation_logits=validation_logits,
        test_logits=model.predict_logits(test.images, threads),
        temperature=model.temperature,
    )
