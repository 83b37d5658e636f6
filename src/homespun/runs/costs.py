"""What a model costs, measured once and kept, so that the same run shows the same figures again."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from homespun.errors import ModelFileError
from homespun.files import read_bounded, write_durably
from homespun.models import Model, summarise
from homespun.storage import parse_json
from homespun.types import ByteArray

_MOST_BYTES = 2**20
_REPEATS = 9


@dataclass(frozen=True)
class Costs:
    """Time of an answer.

    Attributes:
        ms_single: milliseconds a picture, one at a time (median of nine).
        ms_batch: milliseconds a picture, 64 at a time (median of nine).
        machine: what kind of processor it was measured on.
        threads: how many threads were used.
        layers: of each layer name, out_shape, weights, macs, memory and share (see LayerCost).
    """

    ms_single: float
    ms_batch: float
    machine: str
    threads: int
    layers: list[dict[str, Any]]


def measure_costs(
    model: Model,
    images: ByteArray,
    shard_size: int,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Costs:
    """Return the time of an answer on one thread; `clock` tells seconds.

    Args:
        model: what answers.
        images: at least one picture; they are repeated up to 64.
        shard_size: pictures that one thread takes through the network at a time in training.
        clock: tells seconds.
    """
    batch = np.resize(images, (64, *images.shape[1:]))
    return Costs(
        ms_single=_milliseconds(model, batch[:1], clock),
        ms_batch=_milliseconds(model, batch, clock) / len(batch),
        machine=platform.machine(),
        threads=1,
        layers=[asdict(row) for row in summarise(model.network, model.in_shape, shard_size)],
    )


def kept_costs(path: Path, measure: Callable[[], Costs]) -> Costs:
    """Return the costs in the file at `path`, which is written first if it is not there.

    Raises:
        FileError: the file cannot be read or written.
        ModelFileError: the file holds something else.
    """
    if not path.exists():
        write_durably(path, json.dumps(asdict(measure()), indent=2).encode())
    try:
        return Costs(**parse_json(read_bounded(path, _MOST_BYTES)))
    except (TypeError, ValueError) as error:
        raise ModelFileError(path, f"is not a run's costs ({error}); delete it") from error


def _milliseconds(model: Model, images: ByteArray, clock: Callable[[], float]) -> float:
    model.predict_logits(images, threads=1)  # the first call warms caches
    times = []
    for _ in range(_REPEATS):
        started = clock()
        model.predict_logits(images, threads=1)
        times.append(clock() - started)
    return round(1000 * statistics.median(times), 4)
