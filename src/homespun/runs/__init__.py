"""Runs: a recipe followed on a data set, judged, and kept in a folder.

Names are imported when they are first used: to look a model up takes none of what judges it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lazy import on_first_use

if TYPE_CHECKING:
    from homespun.runs.evaluation import Evaluation, evaluate
    from homespun.runs.examination import Examination, examine
    from homespun.runs.folder import (
        RunFolder,
        Settings,
        find_run,
        has_ended,
        latest_run,
        next_free_folder,
        unfinished_run,
    )
    from homespun.runs.reproduce import Reproduction

_MODULE_OF = {
    "Evaluation": "evaluation",
    "Examination": "examination",
    "Reproduction": "reproduce",
    "RunFolder": "folder",
    "Settings": "folder",
    "evaluate": "evaluation",
    "examine": "examination",
    "find_run": "folder",
    "has_ended": "folder",
    "latest_run": "folder",
    "next_free_folder": "folder",
    "unfinished_run": "folder",
}

__all__ = [
    "Evaluation",
    "Examination",
    "Reproduction",
    "RunFolder",
    "Settings",
    "evaluate",
    "examine",
    "find_run",
    "has_ended",
    "latest_run",
    "next_free_folder",
    "unfinished_run",
]

__getattr__ = on_first_use(__name__, _MODULE_OF)


def __dir__() -> list[str]:
    return __all__
