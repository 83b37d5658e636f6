"""Comparing fairly: all sides in one run, each in a process of its own, taking turns.

Processes of their own keep the threads of one library from disturbing another; taking turns spreads
the noise of a shared machine over all sides alike; the median forgets what is left of it.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from statistics import median, quantiles
from typing import Protocol

WARM_UP = 2
"""Turns of each side that are not counted."""

MANY = 100
"""From so many times on, the table says what 99 of 100 stay below."""


@dataclass(frozen=True)
class Work:
    """What a side does.

    Attributes:
        turn: does the work once; this is what is timed.
        result: says what came of it in the end; not timed.
        repeats: how often it is done in a turn, each time timed by itself. More than once is for
            short work: it is done once more before, since the other sides took the caches.
    """

    turn: Callable[[], object]
    result: Callable[[], object] = lambda: None
    repeats: int = 1


Side = Callable[[], Work]
"""Prepares one side in its process: a module's function, or a partial of one."""


class Section(Protocol):
    """A part of the results."""

    def to_markdown(self) -> str:
        """Return it as Markdown, with a heading."""
        ...


@dataclass(frozen=True)
class Remark:
    """What there is to say where nothing was measured."""

    title: str
    text: str

    def to_markdown(self) -> str:
        """Return heading and text."""
        return f"## {self.title}\n\n{self.text}\n"


@dataclass(frozen=True)
class Comparison:
    """One table of the results.

    Attributes:
        title: what is compared, and what a time is the time of.
        seconds: the times of each side, a number for each turn.
        ours: which side is homespun's.
        notes: what there is to say besides.
        unit: what times are shown in, "s" or "ms".
    """

    title: str
    seconds: Mapping[str, Sequence[float]]
    ours: str
    notes: Sequence[str] = field(default_factory=list)
    unit: str = "s"

    def to_markdown(self) -> str:
        """Return the table; the ratio is that of the medians."""
        base = median(self.seconds[self.ours])
        many = min(map(len, self.seconds.values())) >= MANY
        columns = "99th percentile | fastest" if many else "fastest | slowest"
        lines = [
            f"## {self.title}",
            "",
            f"| | median | {columns} | homespun is |",
            "|---|---|---|---|---|",
        ]
        for name, seconds in self.seconds.items():
            ratio = "" if name == self.ours else f"{median(seconds) / base:.2f} times as fast"
            least, most = min(seconds), max(seconds)
            ends = (quantiles(seconds, n=100)[98], least) if many else (least, most)
            times = " | ".join(map(self._shown, (median(seconds), *ends)))
            lines.append(f"| {name} | {times} | {ratio} |")
        return "\n".join([*lines, "", *self.notes, ""])

    def _shown(self, seconds: float) -> str:
        return f"{seconds:.4f}" if self.unit == "s" else f"{seconds * 1000:.3f}"


def fastest(seconds: Mapping[str, Sequence[float]], names: Iterable[str]) -> str:
    """Return which of these sides has the smallest median."""
    return min(names, key=lambda name: median(seconds[name]))


def take_turns(
    sides: Mapping[str, Side], rounds: int
) -> tuple[dict[str, list[float]], dict[str, object]]:
    """Run every side WARM_UP times, then `rounds` times in turn.

    Returns:
        Each side's seconds, `rounds` times its repeats, and what came of its work.
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
                seconds[name] += spent
    for pipe in pipes.values():
        pipe.send(False)
    results = {name: pipe.recv() for name, pipe in pipes.items()}
    for process in processes:
        process.join()
    return seconds, results


def _serve(side: Side, pipe: Connection) -> None:
    work = side()
    while pipe.recv():
        if work.repeats > 1:
            work.turn()
        pipe.send([_timed(work.turn) for _ in range(work.repeats)])
    pipe.send(work.result())


def _timed(turn: Callable[[], object]) -> float:
    started = time.perf_counter()
    turn()
    return time.perf_counter() - started
