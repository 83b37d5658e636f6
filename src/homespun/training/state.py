"""The state of a training run: one object to begin with, to write down, and to go on from."""

from __future__ import annotations

from dataclasses import dataclass, field

from homespun.data import Dataset
from homespun.errors import SettingError, ShapeError
from homespun.nn import Parameters
from homespun.training.callbacks import Progress
from homespun.training.history import EpochRecord
from homespun.training.plan import Plan
from homespun.training.randomness import Purpose, generator
from homespun.training.step import Weights


@dataclass
class Best:
    """The best weights so far: those with most right answers, and among equals the lowest loss.

    Attributes:
        parameters: these weights; None before the first epoch is complete.
        record: what is known of their epoch.
    """

    parameters: Parameters | None = None
    record: EpochRecord | None = None

    @property
    def epoch(self) -> int | None:
        """The epoch that they are from."""
        return None if self.record is None else self.record.epoch

    @property
    def accuracy(self) -> float:
        """Their validation accuracy; -1 without a validation part."""
        known = None if self.record is None else self.record.validation_accuracy
        return -1.0 if known is None else known

    def offer(self, parameters: Parameters, record: EpochRecord) -> None:
        """Keep the weights of this epoch if they are better, or if nothing tells."""
        if self.record is None or _merit(record) > _merit(self.record):
            self.parameters, self.record = parameters, record


def _merit(record: EpochRecord) -> tuple[float, float]:
    """Return what is greater for better weights; the later are better where nothing tells."""
    if record.validation_accuracy is None or record.validation_loss is None:
        return record.epoch, 0.0
    return record.validation_accuracy, -record.validation_loss


@dataclass
class TrainingState:
    """All that a run has come to. Same plan, same data, same state: same end.

    What is random needs no place here: it is looked up by seed, epoch, step and shard.

    Attributes:
        weights: what changes from step to step.
        progress: where the run stands, and what it has written of itself.
        best: the best weights so far.
    """

    weights: Weights
    progress: Progress
    best: Best = field(default_factory=Best)

    def best_parameters(self) -> Parameters:
        """Return the best weights, or the latest where no epoch was completed."""
        return self.best.parameters or self.averaged()

    def averaged(self) -> Parameters:
        """Return a copy of the weights as averaged so far: what is judged and kept."""
        return self.weights.parameters.with_vector(self.weights.average)


def begin(plan: Plan, data: Dataset) -> TrainingState:
    """Return the state before the first step.

    Raises:
        ShapeError: the network does not fit the pictures or the classes.
        SettingError: there is nothing to train on.
    """
    if len(data) == 0:
        raise SettingError("there are no pictures to train on")
    params, out_shape = plan.network.init(
        generator(plan.seed, Purpose.INITIALIZE), data.images.shape[1:]
    )
    if out_shape != (data.n_classes,):
        raise ShapeError(
            f"the network's output has shape {out_shape}, the data have {data.n_classes} classes"
        )
    parameters = Parameters(params, plan.precision)
    vector = parameters.vector
    average = vector if plan.average is None else vector.copy()
    weights = Weights(parameters, plan.optimizer.init(vector), average)
    return TrainingState(weights, Progress(plan, len(data)))
