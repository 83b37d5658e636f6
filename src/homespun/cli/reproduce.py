"""`homespun reproduce`: train a run again from its record, and compare the bits."""

from __future__ import annotations

import typer

from homespun.cli.options import DataFolder, RunArgument, Threads
from homespun.cli.output import AsJson, print_json, print_line, talk
from homespun.cli.source import source_of
from homespun.runs import Settings, find_run
from homespun.runs.reproduce import reproduce as reproduce_run
from homespun.training.progress import ShowProgress


def reproduce(
    run: RunArgument,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Train a run again from its record, and compare the bits.

    Both weights and metrics are compared; nothing is written. Exit status 1 if anything differs;
    then what may be the cause is listed: data, versions, matrix kernels, processor.
    """
    folder = find_run(run)
    settings = Settings(**folder.read_record()["settings"])
    source = source_of(settings, folder, data, threads)
    callbacks = [ShowProgress(talk)]
    outcome = reproduce_run(folder, source.training_file, threads=threads, callbacks=callbacks)
    if as_json:
        print_json({"run": str(run), **outcome.to_json()})
    elif outcome.identical:
        print_line(f"bit-identical: weights {outcome.weight_hash}, and metrics.csv")
    else:
        print_line(f"not the same as the run in {run}")
    if not as_json:
        for line in outcome.differences:
            print_line(f"  {line}")
    if not outcome.identical:
        raise typer.Exit(1)
