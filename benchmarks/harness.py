"""Comparing fairly: all sides in one run, taking turns, judged by the median."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


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
            times = f"{middle:.3f} | {min(seconds):.3f} | {max(seconds):.3f}"
            lines.append(f"| {name} | {times} | {ratio} |")
        return "\n".join([*lines, "", *self.notes, ""])


def take_turns(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Run every side once to warm up, then `rounds` times in turn; return each one's seconds.

    Taking turns spreads the noise of a shared machine over all sides alike.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for run in sides.values():
        run()
    for _ in range(rounds):
        for name, run in sides.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return seconds
