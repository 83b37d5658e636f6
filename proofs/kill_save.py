"""Kill a process while it saves, again and again, and read what is left.

Prints how many files were unreadable, and how many held something other than the last version that
was reported as saved or the one after it.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from homespun.data import Scaling
from homespun.errors import HomespunError
from homespun.models import Model
from homespun.nn import Chain, Dense, Flatten, Parameters, SoftmaxCrossEntropy
from homespun.storage import load, save
from made import forked


def model(version: int) -> Model:
    """Return a model of 200 kB whose record and weights tell its version."""
    network = Chain(Flatten(), Dense(64), Dense(10))
    params, _ = network.init(np.random.default_rng(0), (28, 28, 1))
    parameters = Parameters(params)
    parameters.vector[:] = version
    names = tuple("abcdefghij")
    scaling = Scaling((70.0,), (90.0,))
    record = {"version": version}
    return Model(network, parameters, SoftmaxCrossEntropy(), scaling, (28, 28, 1), names, record)


def save_for_ever(path: Path, first: int, told: Connection) -> None:
    """Save version after version, and tell of each that is saved."""
    for version in range(first, first + 100_000):
        save(model(version), path)
        told.send(version)


def kill_once(path: Path, first: int, draw: random.Random) -> int:
    """Kill a process that saves; return the last version that it told of."""
    hear, tell = Pipe(duplex=False)
    process = forked(save_for_ever, path, first, tell)
    tell.close()
    hear.recv()  # it has begun
    time.sleep(draw.uniform(0, 0.02))
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    last = first
    while True:
        try:
            last = hear.recv()
        except EOFError:
            return last


def main() -> int:
    """Print the figures; return 1 if any file was not whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    unreadable = others = newer = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.safetensors")
        first = 1
        for _ in range(chosen.kills):
            last = kill_once(path, first, draw)
            try:
                found = load(path)
            except HomespunError as error:
                unreadable += 1
                print(error)
                continue
            version = found.record["version"]
            is_whole = bool((found.parameters.vector == version).all())
            others += not (is_whole and version in (last, last + 1))
            newer += version == last + 1
            first = version + 1
        cut = sum(1 for file in os.listdir(folder) if file.endswith(".part"))
    print(
        f"saving: {chosen.kills} kills, {cut} of them in the middle of a write and {newer} between "
        f"the write and its report; {unreadable} unreadable files, {others} of another version"
    )
    return 0 if unreadable + others == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
