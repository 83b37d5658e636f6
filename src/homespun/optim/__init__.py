"""Optimizers in order of increasing complexity, schedules, and averages of weights."""

from homespun.optim.adam import Adam, AdamW
from homespun.optim.average import ExponentialMovingAverage
from homespun.optim.optimizer import Optimizer, State
from homespun.optim.schedules import Constant, Cosine, OneCycle, Schedule, StepDecay
from homespun.optim.sgd import SGD, Momentum, Nesterov

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Constant",
    "Cosine",
    "ExponentialMovingAverage",
    "Momentum",
    "Nesterov",
    "OneCycle",
    "Optimizer",
    "Schedule",
    "State",
    "StepDecay",
]
