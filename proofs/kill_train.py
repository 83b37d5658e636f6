"""Kill a training run again and again, let it go on each time, and compare its end.

Prints how many runs ended with the same weight hash, metrics.csv and model file.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from homespun.runs import RunFolder, has_ended
from homespun.runs.execute import execute
from homespun.training import StopOnInterrupt, shards
from made import SETTINGS, add_recipe, forked, pictures

CHECKPOINTS = (0.0, 0.02, None)
"""Seconds between checkpoints: each step, now and then, hardly ever."""


def train(path: Path, every: float | None, threads: int) -> None:
    """Train in `path`, or go on with what is there."""
    with StopOnInterrupt() as interrupt:
        execute(
            RunFolder(path),
            SETTINGS,
            pictures(450, seed=1),
            pictures(90, seed=2),
            threads=threads,
            callbacks=[interrupt],
            checkpoint_every=every,
        )


def end_of(path: Path) -> tuple[str, bytes, bytes]:
    """Return what two equal runs must share."""
    folder = RunFolder(path)
    record = folder.read_record()
    assert has_ended(record), record
    content = (folder.metrics.read_bytes(), folder.model.read_bytes())
    return (record["result"]["weight_hash"], *content)


def break_and_go_on(path: Path, seconds: float, draw: random.Random) -> tuple[int, int]:
    """Train in `path` with some interruptions; return how many kills and how many Ctrl-C hit."""
    every = draw.choice(CHECKPOINTS)
    kills = interrupts = 0
    for _ in range(draw.randint(1, 6)):
        process = forked(train, path, every, draw.randint(1, 3))
        time.sleep(draw.uniform(0, 0.6 * seconds))
        number = draw.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGINT])
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, number)
        process.join()
        if process.exitcode == -signal.SIGKILL:
            kills += 1
        elif number == signal.SIGINT:
            interrupts += 1
    process = forked(train, path, every, draw.randint(1, 3))
    process.join()
    assert process.exitcode == 0, f"the last part of {path} failed: {process.exitcode}"
    return kills, interrupts


def main() -> int:
    """Print the figures; return 1 if a run ended otherwise than the unbroken one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how many kills at the least")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    add_recipe()
    shards._SOON = 0.0  # so short a training would have no helpers, which are killed along with it
    draw = random.Random(chosen.seed)
    runs = same = kills = interrupts = 0
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        forked(train, Path(folder, "unbroken"), 0.0, 2).join()
        seconds = time.perf_counter() - started
        expected = end_of(Path(folder, "unbroken"))
        while kills < chosen.kills:
            runs += 1
            path = Path(folder, f"run-{runs}")
            hit = break_and_go_on(path, seconds, draw)
            kills, interrupts = kills + hit[0], interrupts + hit[1]
            same += end_of(path) == expected
            left = {file.name for file in path.iterdir()}
            assert left == {"run.json", "metrics.csv", "model.safetensors"}, left
    print(
        f"training: {kills} kills and {interrupts} interrupts in {runs} runs; {same} of {runs} "
        "ended with the weight hash, metrics.csv and model file of the unbroken run"
    )
    return 0 if same == runs else 1


if __name__ == "__main__":
    sys.exit(main())
