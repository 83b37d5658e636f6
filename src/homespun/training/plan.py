"""A plan: all that decides what a training run computes. Same plan, same data: same weights."""

from __future__ import annotations

from dataclasses import dataclass, field

from homespun.augment import Augmentation
from homespun.errors import SettingError
from homespun.nn import Layer, Loss, SoftmaxCrossEntropy
from homespun.optim import ExponentialMovingAverage, Optimizer, Schedule


@dataclass(frozen=True)
class Plan:
    """What to train and how.

    Attributes:
        network: from scaled pictures (batch, height, width, channel) to logits.
        optimizer: turns gradients into steps.
        schedule: the learning rate of each step.
        epochs: how often to go over the data.
        loss: what is minimised.
        augmentation: random changes of each picture, in this order.
        average: averages the weights over time; the average is what is validated and kept.
        batch_size: pictures an update.
        shard_size: pictures that one thread takes through the network at a time. It belongs to the
            plan and not to the machine, since sums over other shards round differently.
        l1: strength of the penalty on absolute weights.
        l2: strength of the penalty on squared weights.
        patience: stop after so many epochs without a better validation loss; None: never.
        seed: decides all that is random, 0 to 2**64 - 1.
        precision: type of the weights, and so of all arithmetic: "float32" or "float64".
    """

    network: Layer
    optimizer: Optimizer
    schedule: Schedule
    epochs: int
    loss: Loss = field(default_factory=SoftmaxCrossEntropy)
    augmentation: tuple[Augmentation, ...] = ()
    average: ExponentialMovingAverage | None = None
    batch_size: int = 128
    shard_size: int = 64
    l1: float = 0.0
    l2: float = 0.0
    patience: int | None = None
    seed: int = 0
    precision: str = "float32"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "shard_size"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.precision not in ("float32", "float64"):
            raise SettingError(f"precision must be float32 or float64, got {self.precision!r}")
        if not 0 <= self.seed < 2**64:
            raise SettingError(f"seed must lie between 0 and 2**64 - 1, got {self.seed}")
