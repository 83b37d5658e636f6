"""The state of a training run: one object to begin with, to write down, and to go on from."""

from __future__ import annotations

from dataclasses import dataclass, field

from homespun.data import Dataset
from homespun.errors import SettingError, ShapeError
from homespun.nn import Parameters
from homespun.training.callbacks import Progress
from homespun.training.plan import Plan
from homespun.training.randomness import Purpose, generator
from homespun.training.step import Weights


@dataclass
class Best:
    """The best weights so far.

    Attributes:
        parameters: these weights; None before the first epoch is complete.
        epoch: the epoch that they are from.
        accuracy: their validation accuracy; -1 without a validation part.
    """

    parameters: Parameters | None = None
    epoch: int | None = None
    accuracy: float = -1.0

    def offer(self, parameters: Parameters, epoch: int, accuracy: float | None) -> None:
        """Keep the weights of this epoch if they are better, or if nothing tells."""
        if accuracy is None or accuracy > self.accuracy:
            self.parameters = parameters
            self.epoch = epoch
            self.accuracy = -1.0 if accuracy is None else accuracy


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
