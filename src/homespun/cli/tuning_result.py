"""What a search has found, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from homespun.cli.output import print_line, print_table
from homespun.cli.train import OFFICIAL, VALIDATION_PART
from homespun.models.knobs import as_text
from homespun.report.again import command_again
from homespun.runs.folder import has_ended
from homespun.tune.best import Best
from homespun.tune.folder import StudyFolder
from homespun.tune.search import Found
from homespun.tune.tried import Tried, best_first, counts_of
from homespun.tune.wanted import Wanted

_MOST_SHOWN = 10


def as_json_of(
    folder: StudyFolder, wanted: Wanted, found: Found, best: Best | None
) -> dict[str, Any]:
    """Return what was found as plain JSON values."""
    told: dict[str, Any] = {
        "study": str(folder.path),
        **asdict(wanted),
        "counts": counts_of(found.rows),
        "stopped": found.stopped,
        "importances": found.importances,
        "trials": [asdict(row) for row in found.rows],
        "best": None,
        "run": None,
    }
    if found.best is not None:
        told["best"] = asdict(found.best) | {"command": _command(wanted, found.best)}
    if best is not None:
        result = best.record["result"]
        told["run"] = {
            "run": str(best.run.path),
            "weight_hash": result["weight_hash"],
            "as_tried": best.is_as_tried,
            "finished": has_ended(best.record),
            "accuracy": result["test"]["accuracy"],
            "n": result["test"]["n"],
            "judged_on": best.record["data"].get("judged_on", OFFICIAL),
        }
    return told


def show(folder: StudyFolder, wanted: Wanted, found: Found, best: Best | None) -> None:
    """Print what was found: the best trials, and where the best run lies."""
    if best_first(found.rows):
        print_table(_table(found))
    if found.best is not None:
        print_line(
            f"best     trial {found.best.trial}: {found.best.accuracy:.2%} of the held-out pictures"
        )
        print_line(f"again    {_command(wanted, found.best)}")
    else:
        print_line("no trial was complete")
    if best is not None:
        test, part = best.record["result"]["test"], best.record["data"].get("judged_on", OFFICIAL)
        low, high = test["interval"]
        print_line(f"run      {best.run.path}")
        print_line(
            f"         {test['accuracy']:.2%} on the {test['n']:,} pictures of the {part} "
            f"(95% interval {low:.2%} to {high:.2%})"
        )
        if part == VALIDATION_PART:
            print_line(
                "         epoch and trial were chosen by these pictures: others may fare worse"
            )
    print_line(f"trials   {folder.table}")
    if folder.report.exists():
        print_line(f"report   {folder.report}")


def _table(found: Found) -> Table:
    """Return the best trials, and in its title how many there are."""
    counts = ", ".join(f"{count} {state}" for state, count in counts_of(found.rows).items())
    table = Table("trial", "state", title=counts, box=SIMPLE)
    names = sorted({name for row in found.rows for name in row.values})
    for name in ("held out", *names, "seconds"):
        table.add_column(name, justify="right")
    for row in best_first(found.rows)[:_MOST_SHOWN]:
        accuracy = "" if row.accuracy is None else f"{row.accuracy:.2%}"
        values = [as_text(row.values[name]) if name in row.values else "" for name in names]
        table.add_row(str(row.trial), row.state, accuracy, *values, f"{row.seconds:.1f}")
    return table


def _command(wanted: Wanted, row: Tried) -> str:
    return command_again(asdict(wanted.settings(row.values)))
