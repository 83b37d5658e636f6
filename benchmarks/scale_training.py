"""Training on 1 and 2 ranks: time an epoch, efficiency, bytes and time a step in communication.

    python benchmarks/scale_training.py [--rounds N] [--pictures N] [--smoke]

Prints a section in Markdown, and puts the table of networks into docs/mpi.md. About seven
minutes on two idle cores; sides take turns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from scale_network import Job, table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "mpi.md"
RANK = Path(__file__).with_name("scale_rank.py")
RANKS = (1, 2)
ROUNDS = {"fast": 3, "good": 2}
BEGIN, END = "<!-- written by make scale -->", "<!-- until here -->"

Figures = Mapping[str, Any]


def main() -> None:
    """Measure each recipe, and print the section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, help=f"instead of {ROUNDS}")
    parser.add_argument("--pictures", type=int, help="train on the first N only")
    parser.add_argument("--smoke", action="store_true", help="tiny; writes nothing")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.rounds, chosen.pictures = 1, 400
    found = {
        recipe: measure(recipe, chosen.rounds or rounds, chosen.pictures)
        for recipe, rounds in ROUNDS.items()
    }
    networks = table([job(recipe, rounds[1]) for recipe, rounds in found.items()])
    print(section(found, chosen.pictures, networks))
    if not chosen.smoke:
        DOCS.write_text(put_between(DOCS.read_text(), networks))


def measure(recipe: str, rounds: int, pictures: int | None) -> dict[int, list[Figures]]:
    """Return the figures of each round by number of ranks, which take turns."""
    found: dict[int, list[Figures]] = {n: [] for n in RANKS}
    for _ in range(rounds):
        for n in RANKS:
            found[n].append(one_epoch(n, recipe, pictures))
            print(f"{recipe} on {n}: {found[n][-1]['seconds']:.1f} s", file=sys.stderr, flush=True)
    return found


def one_epoch(n: int, recipe: str, pictures: int | None) -> Figures:
    """Return what the first of `n` ranks measured."""
    command = [Path(sys.executable).with_name("mpiexec"), "-n", n, sys.executable, RANK, recipe]
    words = [str(word) for word in [*command, *([pictures] if pictures else [])]]
    out = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
    figures: Figures = json.loads(out)
    return figures


def job(recipe: str, rounds: Sequence[Figures]) -> Job:
    """Return what the recipe asks of a network, from epochs on one rank."""
    seconds = a_step(rounds, "training_seconds") / rounds[0]["shards"]
    return Job(recipe, 4 * rounds[0]["weights"], seconds)


def section(
    found: Mapping[str, Mapping[int, Sequence[Figures]]], pictures: int | None, networks: str
) -> str:
    """Return the section."""
    n_hashes = [
        len({f["weight_hash"] for side in by.values() for f in side}) for by in found.values()
    ]
    same = "the same" if set(n_hashes) == {1} else "NOT the same"
    many = "all pictures" if pictures is None else f"the first {pictures:,} pictures"
    rows = [line for recipe, by_ranks in found.items() for line in lines(recipe, by_ranks)]
    return "\n".join(
        [
            "## Training over MPI",
            "",
            f"One epoch on Fashion-MNIST ({many} of the training file, validation included), one",
            "thread a rank, on one host; medians over rounds in which both took turns. Efficiency:",
            "the time on one rank, divided by two, over that on two. Exchange: adding up and",
            "sharing gradients once all ranks are there; meeting: waiting for the slower rank, and",
            "agreeing on losses and on going on. The weights on 1 and on 2 ranks were",
            f"{same}, bit for bit.",
            "",
            "| recipe | ranks | epoch | fastest to slowest | efficiency "
            "| step | exchange | meeting | a rank sends a step |",
            "|---|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "### What network it wants",
            "",
            networks,
            "",
        ]
    )


def lines(recipe: str, by_ranks: Mapping[int, Sequence[Figures]]) -> list[str]:
    """Return a line of the table for each number of ranks."""
    alone = median(figures["seconds"] for figures in by_ranks[1])
    shown = []
    for n, rounds in by_ranks.items():
        seconds = [figures["seconds"] for figures in rounds]
        efficiency = alone / (n * median(seconds))

        shown.append(
            f"| {recipe} | {n} | {median(seconds):.1f} s "
            f"| {min(seconds):.1f} to {max(seconds):.1f} s | {efficiency:.0%} "
            f"| {1e3 * a_step(rounds, 'training_seconds'):.2f} ms "
            f"| {1e3 * a_step(rounds, 'exchange_seconds'):.2f} ms "
            f"| {1e3 * a_step(rounds, 'meeting_seconds'):.2f} ms "
            f"| {a_step(rounds, 'bytes_sent') / 1e3:,.0f} kB |"
        )
    return shown


def a_step(rounds: Sequence[Figures], name: str) -> float:
    """Return the median over rounds of what is so called, divided by the steps."""
    return median(figures[name] / figures["steps"] for figures in rounds)


def put_between(text: str, what: str) -> str:
    """Return the text with `what` between the two marks."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n\n{what}\n\n{END}{after}"


if __name__ == "__main__":
    main()
