"""Training: shards on threads, one step, the loop, and what may look on."""

from homespun.training.callbacks import Callback, EarlyStopping, Progress, TimeLimit
from homespun.training.history import EpochRecord, history_to_csv
from homespun.training.interrupt import StopOnInterrupt
from homespun.training.loop import TrainingResult, train
from homespun.training.lr_finder import LearningRateCurve, find_learning_rate
from homespun.training.plan import Plan
from homespun.training.prediction import predict_logits, workers_for
from homespun.training.ranks import ALONE, Ranks
from homespun.training.state import TrainingState, begin
from homespun.training.step import Step, StepResult, Weights
from homespun.training.workers import Workers, available_threads

__all__ = [
    "ALONE",
    "Callback",
    "EarlyStopping",
    "EpochRecord",
    "LearningRateCurve",
    "Plan",
    "Progress",
    "Ranks",
    "Step",
    "StepResult",
    "StopOnInterrupt",
    "TimeLimit",
    "TrainingResult",
    "TrainingState",
    "Weights",
    "Workers",
    "available_threads",
    "begin",
    "find_learning_rate",
    "history_to_csv",
    "predict_logits",
    "train",
    "workers_for",
]
