"""How good the recipes are: each over several seeds, judged on the official test file.

Each run leaves a line in accuracy.jsonl, and one that is there is not made again: take its line out
to make it anew, and compare the weight hash. So this can be stopped, and goes on later and
elsewhere. `make accuracy` runs it, and `make accuracy RECIPES=fast` takes one recipe. It writes
accuracy.md beside this file, and the figures that `homespun models` shows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from homespun.models import RECIPES
from homespun.models.measured import PATH as MEASURED
from homespun.models.measured import read_measured

SEEDS = {"best": 3, "mlp": 3}
"""How many seeds a recipe is run with where it is not five."""

PAGE = Path(__file__).with_name("accuracy.md")
RECORD = Path(__file__).with_name("accuracy.jsonl")


def recorded() -> dict[tuple[str, int], dict[str, Any]]:
    """Return what is on record of each recipe and seed.

    Runs of another number of epochs than the recipe has now are left out; of a recipe that has
    changed otherwise, take the lines out by hand.
    """
    lines = RECORD.read_text().splitlines() if RECORD.exists() else []
    records = [json.loads(line) for line in lines]
    return {
        (record["recipe"], record["seed"]): record
        for record in records
        if record["recipe"] in RECIPES and record["epochs"] == RECIPES[record["recipe"]].epochs
    }


def run(recipe: str, seed: int, runs: Path, threads: int | None) -> dict[str, Any]:
    """Carry out a run, unless it has ended in `runs` before, and return its record."""
    folder = str(runs / f"{recipe}-{seed}")
    result = answer(
        "train", "--recipe", recipe, "--seed", str(seed), "--run", folder, threads=threads
    )
    flipped = answer("evaluate", folder, "--flips", threads=threads)
    return {
        "recipe": recipe,
        "seed": seed,
        "epochs": result["epochs"],
        "accuracy": result["accuracy"],
        "accuracy_with_flips": flipped["accuracy"],
        "seconds": round(result["seconds"], 1),
        "weight_hash": result["weight_hash"],
    }


def answer(command: str, *arguments: str, threads: int | None) -> dict[str, Any]:
    """Return what a command of homespun says as JSON."""
    line = [sys.executable, "-m", "homespun", command, "--json", *arguments]
    line += [] if threads is None else ["--threads", str(threads)]
    done = subprocess.run(line, stdout=subprocess.PIPE, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def write_record(records: Mapping[tuple[str, int], dict[str, Any]]) -> None:
    """Write a line for each run, in the order of recipes and seeds."""
    place = {recipe: i for i, recipe in enumerate(RECIPES)}
    order = sorted(records, key=lambda run: (place[run[0]], run[1]))
    lines = [json.dumps(records[run]) + "\n" for run in order]
    RECORD.write_text("".join(lines))


def summary(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return mean and spread of the test accuracy, and the minutes of the fastest run.

    Whatever else ran on the machine made the others slower.
    """
    accuracies = [result["accuracy"] for result in results]
    return {
        "seeds": len(accuracies),
        "accuracy": round(statistics.mean(accuracies), 5),
        "spread": round(statistics.stdev(accuracies), 5) if len(accuracies) > 1 else 0.0,
        "lowest": min(accuracies),
        "highest": max(accuracies),
        "accuracy_with_flips": round(
            statistics.mean(result["accuracy_with_flips"] for result in results), 5
        ),
        "minutes": round(min(result["seconds"] for result in results) / 60, 2),
        "epochs": results[0]["epochs"],
    }


def page(measured: dict[str, dict[str, Any]]) -> str:
    """Return the table as Markdown."""
    lines = [
        "# Accuracy of the recipes",
        "",
        "On the official test file (10,000 pictures), which chooses nothing: epochs and weights",
        "are chosen on 5,000 pictures held out of the training file. Mean and standard deviation",
        "over seeds 0, 1, 2 and so on. With flips is the mean where a picture and its mirror image",
        "answer together (`homespun evaluate RUN --flips`). Minutes are those of the fastest run:",
        "the others had less of the machine. Each run is a line of accuracy.jsonl. Written by",
        "`make accuracy`.",
        "",
        "| recipe | seeds | mean | deviation | lowest | highest | with flips | epochs | minutes |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in measured.items():
        accuracy = f"{row['accuracy']:.2%} | {row['spread']:.2%}"
        ends = f"{row['lowest']:.2%} | {row['highest']:.2%}"
        costs = f"{row['accuracy_with_flips']:.2%} | {row['epochs']} | {row['minutes']}"
        lines.append(f"| {name} | {row['seeds']} | {accuracy} | {ends} | {costs} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Run what is missing and write down what came out, recipe by recipe."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="*", help="which recipes; all by default")
    parser.add_argument("--runs", type=Path, default=Path("runs/accuracy"))
    parser.add_argument("--threads", type=int, help="of a run; all cores by default")
    parser.add_argument("--seeds", type=int, help="how many; five by default, three of long ones")
    arguments = parser.parse_args()
    records = recorded()
    for recipe in arguments.recipes or RECIPES:
        seeds = range(arguments.seeds or SEEDS.get(recipe, 5))
        for seed in seeds:
            if (recipe, seed) not in records:
                records[recipe, seed] = run(recipe, seed, arguments.runs, arguments.threads)
                write_record(records)
        measured = read_measured() | {recipe: summary([records[recipe, seed] for seed in seeds])}
        measured = {name: measured[name] for name in RECIPES if name in measured}
        MEASURED.write_text(json.dumps(measured, indent=2) + "\n")
        PAGE.write_text(page(measured))
        print(f"{recipe}: {measured[recipe]}")


if __name__ == "__main__":
    main()
