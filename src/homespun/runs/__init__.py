"""Runs: a recipe followed on a data set, judged, and kept in a folder."""

from homespun.runs.evaluation import Evaluation, evaluate
from homespun.runs.examination import Examination, examine
from homespun.runs.execute import execute, prepare
from homespun.runs.folder import (
    RunFolder,
    Settings,
    find_run,
    has_ended,
    latest_run,
    next_free_folder,
    unfinished_run,
)
from homespun.runs.reproduce import Reproduction, reproduce

__all__ = [
    "Evaluation",
    "Examination",
    "Reproduction",
    "RunFolder",
    "Settings",
    "evaluate",
    "examine",
    "execute",
    "find_run",
    "has_ended",
    "latest_run",
    "next_free_folder",
    "prepare",
    "reproduce",
    "unfinished_run",
]
