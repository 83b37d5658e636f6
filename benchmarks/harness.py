"""Comparing fairly: all sides in one run, each in a process of its own, taking turns.

Processes of their own keep the threads of one library from disturbing another; taking turns spreads
the noise of a shared machine over all sides alike; the median forgets what is left of it.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from statistics import median

WARM_UP = 2
"""Turns of each side that are not counted."""


@dataclass(frozen=True)
class Work:
    """What a side does.

    Attributes:
        turn: does the work once; this is what is timed.
        result: says what came of it in the end; not timed.
    """

    turn: Callable[[], object]
    result: Callable[[], object] = lambda: None


Side = Callable[[], Work]
"""Prepares one side in its process: a module's function, or a partial of one."""


@dataclass(frozen=True)
class Comparison:
    """One table of the results.

    Attributes:
        title: what is compared, and what a time is the time of.
        seconds: the times of each side, a number for each turn.
        ours: which side is homespun's.
        notes: what there is to say besides.
    """

    title: str
    seconds: Mapping[str, Sequence[float]]
    ours: str
    notes: Sequence[str] = field(default_factory=list)

    def to_markdown(self) -> str:
        """Return the table; the ratio is that of the medians."""
        base = median(self.seconds[self.ours])
        lines = [
            f"## {self.title}",
            "",
            "| | median | fastest | slowest | homespun is |",
            "|---|---|---|---|---|",
        ]
        for name, seconds in self.seconds.items():
            middle = median(seconds)
            ratio = "" if name == self.ours else f"{middle / base:.2f} times as fast"
            times = f"{middle:.4f} | {min(seconds):.4f} | {max(seconds):.4f}"
            lines.append(f"| {name} | {times} | {ratio} |")
        return "\n".join([*lines, "", *self.notes, ""])


def take_turns(
    sides: Mapping[str, Side], rounds: int
) -> tuple[dict[str, list[float]], dict[str, object]]:
    """Run every side WARM_UP times, then `rounds` times in turn.

    Returns:
        Each side's seconds, and what came of its work.
    """
    context = multiprocessing.get_context("spawn")
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    pipes: dict[str, Connection] = {}
    processes = []
    for name, side in sides.items():
        pipes[name], theirs = context.Pipe()
        processes.append(context.Process(target=partial(_serve, side, theirs), daemon=True))
        processes[-1].start()
        theirs.close()
    for i in range(-WARM_UP, rounds):
        for name, pipe in pipes.items():
            pipe.send(True)
            spent = pipe.recv()
            if i >= 0:
                seconds[name].append(spent)
    for pipe in pipes.values():
        pipe.send(False)
    results = {name: pipe.recv() for name, pipe in pipes.items()}
    for process in processes:
        process.join()
    return seconds, results


def _serve(side: Side, pipe: Connection) -> None:
    work = side()
    while pipe.recv():
        started = time.perf_counter()
        work.turn()
        pipe.send(time.perf_counter() - started)
    pipe.send(work.result())
