"""Search: trials an hour of 1 and of 2 workers that share one journal.

    python benchmarks/scale_tune.py [--rounds N] [--trials N] [--pictures N] [--smoke]

Prints a section in Markdown. About five minutes on two idle cores; sides take turns.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from homespun.data import load_fashion_mnist
from homespun.tune.folder import StudyFolder
from homespun.tune.journal import open_journal
from homespun.tune.search import search
from homespun.tune.tried import Tried, tried_in
from homespun.tune.wanted import Wanted

RECIPE = "fast"
EPOCHS = 4
MOST_TRIALS = 10
"""Until so many are over, a search draws at random by their number: every side tries the same."""


@dataclass(frozen=True)
class Side:
    """How many processes take part in a search, and how many threads each has."""

    workers: int
    threads: int


SIDES = (Side(1, 1), Side(2, 1), Side(1, 2))


@dataclass(frozen=True)
class Figures:
    """What a search came to.

    Attributes:
        seconds: from the beginning of the first trial to the end of the last.
        rows: the trials.
    """

    seconds: float
    rows: tuple[Tried, ...]

    @property
    def trials_an_hour(self) -> float:
        """How many trials it would do in an hour."""
        return 3600 * len(self.rows) / self.seconds

    @property
    def epochs_an_hour(self) -> float:
        """How many epochs: a trial that is pruned has fewer."""
        return 3600 * sum(row.epochs for row in self.rows) / self.seconds


def main() -> None:
    """Measure all sides in turn, and print the section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--trials", type=int, default=8, help=f"at most {MOST_TRIALS}")
    parser.add_argument("--pictures", type=int, default=6_000)
    parser.add_argument("--smoke", action="store_true", help="tiny")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.rounds, chosen.trials, chosen.pictures = 1, 2, 300
    if not 1 <= chosen.trials <= MOST_TRIALS:
        parser.error(f"--trials must be 1 to {MOST_TRIALS}, so that every side tries the same")
    found: dict[Side, list[Figures]] = {side: [] for side in SIDES}
    for _ in range(chosen.rounds):
        for side in SIDES:
            found[side].append(measure(side, chosen.trials, chosen.pictures))
            shown = f"{side}: {found[side][-1].trials_an_hour:.0f} trials an hour"
            print(shown, file=sys.stderr, flush=True)
    print(section(found, chosen.pictures))


def measure(side: Side, n_trials: int, pictures: int) -> Figures:
    """Search with these workers in a new folder, and return the figures."""
    with tempfile.TemporaryDirectory() as place:
        folder = StudyFolder(Path(place, "study"))
        context = multiprocessing.get_context("spawn")
        workers = [
            context.Process(target=work, args=(folder, n_trials, pictures, side.threads))
            for _ in range(side.workers)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            sys.exit("a worker failed")
        study = open_journal(folder)
        begun = [trial.datetime_start for trial in study.trials if trial.datetime_start]
        ended = [trial.datetime_complete for trial in study.trials if trial.datetime_complete]
        seconds = (max(ended) - min(begun)).total_seconds()
        return Figures(seconds, tuple(tried_in(study)))


def work(folder: StudyFolder, n_trials: int, pictures: int, threads: int) -> None:
    """Take part in the search, as a process of its own."""
    training_file, _ = load_fashion_mnist()
    few = training_file.take(slice(pictures))
    wanted = Wanted(RECIPE, epochs=EPOCHS, validation=pictures // 6)
    search(folder, wanted, few, n_trials, threads=threads)


def section(found: Mapping[Side, Sequence[Figures]], pictures: int) -> str:
    """Return the section."""
    n_trials = len(found[SIDES[0]][0].rows)
    alone = median(figures.trials_an_hour for figures in found[SIDES[0]])
    return "\n".join(
        [
            "## Search",
            "",
            f"{n_trials} trials around the recipe {RECIPE} of {EPOCHS} epochs on the first "
            f"{pictures:,} pictures of Fashion-MNIST's",
            "training file, a sixth of them held out; workers are processes on one journal, on one",
            "host. From the beginning of the first trial to the end of the last, so a worker that",
            "finds nothing left to do counts; medians over rounds in which all took turns. The",
            f"settings tried were {same_settings(found)} on all sides, and so were the weights of",
            f"trials that were complete on all ({same_weights(found)}).",
            "",
            "| workers | threads each | trials an hour | slowest to fastest | against 1 worker "
            "| epochs an hour | pruned |",
            "|---|---|---|---|---|---|---|",
            *(line(side, rounds, alone) for side, rounds in found.items()),
            "",
        ]
    )


def line(side: Side, rounds: Sequence[Figures], alone: float) -> str:
    """Return the table's line for one side."""
    rates = [figures.trials_an_hour for figures in rounds]
    epochs = median(figures.epochs_an_hour for figures in rounds)
    pruned = sorted({sum(row.state == "pruned" for row in figures.rows) for figures in rounds})
    return (
        f"| {side.workers} | {side.threads} | {median(rates):,.0f} "
        f"| {min(rates):,.0f} to {max(rates):,.0f} | {median(rates) / alone:.2f} times "
        f"| {epochs:,.0f} | {' or '.join(map(str, pruned))} |"
    )


def same_settings(found: Mapping[Side, Sequence[Figures]]) -> str:
    """Return whether all sides tried the same, in words."""
    tried = {
        tuple(str(dict(row.values)) for row in figures.rows)
        for rounds in found.values()
        for figures in rounds
    }
    return "the same" if len(tried) == 1 else "NOT the same"


def same_weights(found: Mapping[Side, Sequence[Figures]]) -> str:
    """Return of how many trials that all completed all have the same weights, in words."""
    searches = [figures.rows for rounds in found.values() for figures in rounds]
    complete = [
        {row.weight_hash for row in rows}
        for rows in zip(*searches, strict=True)
        if all(row.state == "complete" for row in rows)
    ]
    return f"{sum(len(hashes) == 1 for hashes in complete)} of {len(complete)}"


if __name__ == "__main__":
    main()
