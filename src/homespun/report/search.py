"""A search's page: the best settings, every trial, and which settings made a difference."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from homespun.files import write_durably
from homespun.models.knobs import as_text
from homespun.report.again import command_again
from homespun.report.figures.search import search_history, setting_importances
from homespun.report.rendering import Picture, drawn, render
from homespun.runs.examination import TEST_PART, VALIDATION_PART
from homespun.tune.best import Best
from homespun.tune.folder import StudyFolder
from homespun.tune.search import Found
from homespun.tune.tried import Tried, best_first, counts_of
from homespun.tune.wanted import Wanted


def write_search(folder: StudyFolder, wanted: Wanted, found: Found, best: Best | None) -> Path:
    """Write the page of a search, and return its path.

    Args:
        folder: of the search; the page is its report.html.
        wanted: what was searched.
        found: what the search has come to.
        best: the best trial as a run, where it was kept.

    Raises:
        MissingExtraError: matplotlib or jinja2 is not installed.
        FileError: the page cannot be written.
    """
    names = sorted({name for row in found.rows for name in row.values})
    page = render(
        "search.html",
        {
            "recipe": wanted.recipe,
            "fixed": {name: as_text(value) for name, value in _fixed(wanted).items()},
            "counts": counts_of(found.rows),
            "names": names,
            "rows": [_cells(row, names) for row in best_first(found.rows)],
            "best": found.best,
            "first": found.rows[0] if found.rows else None,
            "again": None if found.best is None else _command(wanted, found.best),
            "kept": None if best is None else best.run.path.name,
            "test": None if best is None else best.record["result"]["test"],
            "part": None if best is None else best.record["data"].get("judged_on", TEST_PART),
            "validation_part": VALIDATION_PART,
            "history": _history(found),
            "importances": _importances(found),
        },
    )
    write_durably(folder.report, page.encode())
    return folder.report


def _fixed(wanted: Wanted) -> dict[str, object]:
    epochs = {} if wanted.epochs is None else {"epochs": wanted.epochs}
    return {**epochs, **wanted.changes}


def _cells(row: Tried, names: list[str]) -> dict[str, object]:
    values = [as_text(row.values[name]) if name in row.values else "" for name in names]
    return {"row": row, "values": values}


def _command(wanted: Wanted, row: Tried) -> str:
    return command_again(asdict(wanted.settings(row.values)))


def _history(found: Found) -> Picture | None:
    if found.best is None:
        return None
    said = f"best {100 * (found.best.accuracy or 0):.2f}% in trial {found.best.trial}"
    return drawn(search_history(found.rows), f"Held-out accuracy of each trial: {said}")


def _importances(found: Found) -> Picture | None:
    if not found.importances:
        return None
    said = ", ".join(f"{name} {100 * share:.0f}%" for name, share in found.importances.items())
    return drawn(setting_importances(found.importances), f"What made a difference: {said}")
