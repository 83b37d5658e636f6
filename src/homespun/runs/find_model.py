"""Which model answers: the one named, the newest run's, or the one that comes with the package."""

from __future__ import annotations

from pathlib import Path

from homespun.errors import FileError
from homespun.models.coming_along import packaged_model
from homespun.runs.folder import find_run, latest_run


def find_model(named: Path | None, runs: Path) -> Path:
    """Return the model file that is meant.

    Args:
        named: a run's folder or a model file; None: that of the newest run in `runs`, or where
            there is none the one that comes with the package.
        runs: the folder of runs.

    Raises:
        FileError: there is none; the message says how to get one.
    """
    if named is not None:
        return find_run(named).model if named.is_dir() else named
    if any(runs.glob("*/model.safetensors")):
        return latest_run(runs).model
    packaged = packaged_model()
    if packaged is None:
        raise FileError(
            runs,
            "holds no trained run yet, and no model came with this package; "
            "homespun train makes one, --model names one elsewhere",
        )
    return packaged
