"""Runs: a recipe followed on a data set, judged, and kept in a folder."""

from homespun.runs.evaluation import Evaluation, evaluate
from homespun.runs.execute import execute, prepare
from homespun.runs.folder import RunFolder, Settings, find_run, latest_run, next_free_folder

__all__ = [
    "Evaluation",
    "RunFolder",
    "Settings",
    "evaluate",
    "execute",
    "find_run",
    "latest_run",
    "next_free_folder",
    "prepare",
]
