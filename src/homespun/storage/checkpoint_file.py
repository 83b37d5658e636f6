"""Checkpoint files: the state of a training run, written down whole and read back bit for bit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from homespun.errors import DivergedError, ModelFileError
from homespun.files import read_bounded, write_durably
from homespun.nn import Parameters
from homespun.storage.container import check_kinds, pack, unpack_about, unpack_arrays
from homespun.training import EpochRecord, TrainingState
from homespun.types import FloatArray

FORMAT = 1
"""The version of what stands in a checkpoint; a reader refuses versions that it does not know."""

_MOST_BYTES = 2**33
_MOST_HEADER_BYTES = 2**26
"""More than a model file needs: the history grows with every epoch."""
_POSITION: Mapping[str, type] = {
    "epoch": int,
    "n_seen": int,
    "loss_sum": float,
    "n_correct": int,
    "seconds": float,
}
_KINDS: Mapping[str, type] = {
    "step": int,
    "position": dict,
    "history": list,
    "best": dict,
    "sha256": str,
}


def save_checkpoint(state: TrainingState, path: Path | str) -> None:
    """Write `state` to the file at `path`, durably.

    Raises:
        DivergedError: a number in it is not finite; the file is left as it was.
        FileError: the file cannot be written.
    """
    write_durably(path, pack_checkpoint(state))


def pack_checkpoint(state: TrainingState) -> bytes:
    """Return what `save_checkpoint` writes.

    Raises:
        DivergedError: a number in it is not finite.
    """
    arrays = {name: array for name, array in _arrays(state).items() if array.size}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise DivergedError(
                f"after step {state.weights.step} {name} holds numbers that are not finite, so no "
                "checkpoint is written; try a smaller learning rate"
            )
    progress, best = state.progress, state.best
    about = {
        "format": FORMAT,
        "step": state.weights.step,
        "position": {name: kind(getattr(progress, name)) for name, kind in _POSITION.items()},
        "history": [asdict(record) for record in progress.history],
        "best": {"epoch": best.epoch, "accuracy": best.accuracy},
    }
    return pack(arrays, about | {"sha256": _digest(about, arrays)})


def load_checkpoint(path: Path | str, state: TrainingState) -> None:
    """Bring `state`, as `begin` gives it for the same plan and data, to what the file holds.

    Raises:
        FileError: the file is missing or cannot be read.
        ModelFileError: it is damaged, of a newer format, or of another network; `state` is left as
            it was.
    """
    content = read_bounded(path, _MOST_BYTES)
    try:
        unpack_checkpoint(content, state)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(path, f"is not a sound checkpoint: {error}") from error


def unpack_checkpoint(content: bytes, state: TrainingState) -> None:
    """Bring `state`, as `begin` gives it for the same plan and data, to what was packed.

    Raises:
        KeyError, TypeError, ValueError: it is damaged, of a newer format, or of another network;
            `state` is left as it was.
    """
    about = unpack_about(content, FORMAT, _MOST_HEADER_BYTES)
    check_kinds(about, _KINDS)
    arrays = unpack_arrays(content)
    stated = {name: value for name, value in about.items() if name != "sha256"}
    if _digest(stated, arrays) != about["sha256"]:
        raise ValueError("it is not what was saved")
    _restore(state, about, arrays)


def _arrays(state: TrainingState) -> dict[str, FloatArray]:
    """Return all vectors of the state by name; they share its memory."""
    weights = state.weights
    arrays = {"weights": weights.parameters.vector, "running": weights.parameters.running}
    arrays |= {f"memory.{name}": vector for name, vector in weights.memory.items()}
    if weights.average is not weights.parameters.vector:
        arrays["average"] = weights.average
    if state.best.parameters is not None:
        arrays["best.weights"] = state.best.parameters.vector
        arrays["best.running"] = state.best.parameters.running
    return arrays


def _digest(about: Mapping[str, Any], arrays: Mapping[str, FloatArray]) -> str:
    """Return the SHA-256 of all that is said and of the vectors' bytes, in the order of names."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name], "<f4").data)
    return digest.hexdigest()


def _restore(
    state: TrainingState, about: Mapping[str, Any], arrays: Mapping[str, FloatArray]
) -> None:
    """Check everything, and only then change the state."""
    history = [_epoch_record(item) for item in about["history"]]
    _check_position(about["position"], len(history), state.progress.n_samples)
    best: Parameters | None = None
    if history:
        best = state.weights.parameters.zeros_like()
        check_kinds(about["best"], {"epoch": int, "accuracy": float})
        if not 1 <= about["best"]["epoch"] <= len(history):
            raise ValueError(f"its best epoch, {about['best']['epoch']}, is not in its history")
    targets = _arrays(state)
    if best is not None:
        targets |= {"best.weights": best.vector, "best.running": best.running}
    targets = {name: array for name, array in targets.items() if array.size}
    if targets.keys() != arrays.keys():
        odd = ", ".join(sorted(targets.keys() ^ arrays.keys()))
        raise ValueError(f"the network or its optimizer differs in these vectors: {odd}")
    for name, target in targets.items():
        if target.shape != arrays[name].shape:
            raise ValueError(f"{name} has {arrays[name].size:,} numbers instead of {target.size:,}")
    for name, target in targets.items():
        target[:] = arrays[name]
    state.weights.step = about["step"]
    for name in _POSITION:
        setattr(state.progress, name, about["position"][name])
    state.progress.history[:] = history
    state.best.parameters = best
    state.best.record = history[about["best"]["epoch"] - 1] if history else None


def _check_position(position: Mapping[str, Any], n_epochs: int, n_samples: int) -> None:
    check_kinds(position, _POSITION)
    if not 0 <= position["epoch"] - n_epochs <= 1:
        raise ValueError(f"it stands in epoch {position['epoch']} after {n_epochs}")
    if not 0 <= position["n_seen"] <= n_samples:
        raise ValueError(f"it has seen {position['n_seen']:,} of {n_samples:,} pictures")


def _epoch_record(item: Any) -> EpochRecord:
    names = [field.name for field in fields(EpochRecord)]
    if not isinstance(item, dict) or item.keys() != set(names):
        raise ValueError("its history is not one of epochs")
    numbers = [item[name] for name in names if not name.startswith("validation")]
    numbers += [item[name] for name in names if name.startswith("validation") and item[name]]
    if not all(type(number) in (int, float) for number in numbers):
        raise ValueError("its history holds something other than numbers")
    return EpochRecord(**item)
