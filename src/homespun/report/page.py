"""A run's page: one HTML file that opens from disk and needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from homespun.data import Dataset
from homespun.errors import ModelFileError
from homespun.files import write_durably
from homespun.report.again import command_again
from homespun.report.figures import confusion_counts, learning_curve
from homespun.report.findings import findings
from homespun.report.history import read_history
from homespun.report.model_card import model_card
from homespun.report.rendering import Picture, drawn, render
from homespun.report.trust import as_trained
from homespun.report.words import most_confused, summary
from homespun.runs import Examination, RunFolder, examine
from homespun.runs.costs import kept_costs, measure_costs
from homespun.runs.examination import TEST_PART

_MANY_CLASSES = 30
_WEAKEST = 15


def write_report(
    folder: RunFolder, data: tuple[Dataset, Dataset] | None = None, threads: int | None = None
) -> Path:
    """Write the page of a run that has ended and its model card, and return the page's path.

    Args:
        folder: the run.
        data: its training file and test part. Without them the page shows what the run folder
            holds: no pictures, no maps, no comparison with simpler ways.
        threads: how many; the page does not depend on it.

    Raises:
        MissingExtraError: matplotlib or jinja2 is not installed.
        FileError: a file of the run is missing, or the page cannot be written.
        ModelFileError: the run has not ended, or its record is damaged.
        SettingError: the run was trained on other data.
    """
    record = folder.read_record()
    if "result" not in record:
        raise ModelFileError(folder.record, "the run has not ended yet, so there is no report")
    history = read_history(folder.metrics)
    values = _from_record(folder, record, history)
    found = None if data is None else examine(folder, *data, threads)
    values |= _from_data(folder, record, history, found, threads)
    page = render("run.html", values)
    card = render("card.md", model_card(values))
    write_durably(folder.report, page.encode())
    write_durably(folder.card, card.encode())
    return folder.report


def _from_record(
    folder: RunFolder, record: Mapping[str, Any], history: Sequence[Mapping[str, float | None]]
) -> dict[str, Any]:
    """Return what the page shows of run.json and metrics.csv."""
    result, test = record["result"], record["result"]["test"]
    names = list(test["per_class"])
    return {
        "run": folder.path.resolve().name,
        "record": record,
        "part": record["data"].get("judged_on", TEST_PART),
        "again": command_again(record["settings"]),
        "test": test,
        "names": names,
        "curves": _curves(history, result["best_epoch"]),
        "history": history,
        "confusion": drawn(
            confusion_counts(test["confusion"], names),
            "Confusion matrix: truth by row; " + _said(test),
        ),
        "confused": most_confused(test["confusion"], 10),
        "weakest": _weakest(test["per_class"]),
        "many": len(names) > _MANY_CLASSES,
        "images_a_second": _speed(record),
        "size": folder.model.stat().st_size if folder.model.exists() else None,
    }


def _from_data(
    folder: RunFolder,
    record: Mapping[str, Any],
    history: Sequence[Mapping[str, float | None]],
    found: Examination | None,
    threads: int | None,
) -> dict[str, Any]:
    """Return what the page shows of the model's answers, or that they are missing."""
    if found is None:
        return {
            "summary": summary(record, history, None),
            "found": None,
            "costs": None,
            "before": None,
        }
    before = as_trained(found)
    costs = kept_costs(
        folder.costs,
        lambda: measure_costs(found.model, found.test.images[:64], found.plan.shard_size),
    )
    return {
        "summary": summary(record, history, before),
        "found": findings(found, costs, record["settings"]["seed"], threads),
        "costs": costs,
        "before": before,
    }


def _curves(
    history: Sequence[Mapping[str, float | None]], best_epoch: int | None
) -> Picture | None:
    if not history:
        return None
    last = history[-1]
    alt = f"Learning curves over {len(history)} epochs; training loss ends at {last['loss']:.3f}"
    if last["validation_accuracy"] is not None:
        alt += f", validation accuracy at {100 * last['validation_accuracy']:.1f}%"
    return drawn(learning_curve(history, best_epoch), alt)


def _said(test: Mapping[str, Any]) -> str:
    names = list(test["per_class"])
    pairs = most_confused(test["confusion"], 3)
    told = [f"{names[p.truth]} taken for {names[p.answer]} {p.count} times" for p in pairs]
    return "most often: " + ", ".join(told) if told else "nothing is confused"


def _weakest(per_class: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the names of the classes with the lowest F1, the weakest first."""
    with_pictures = [name for name, row in per_class.items() if row["n"]]
    return sorted(with_pictures, key=lambda name: per_class[name]["f1"])[:_WEAKEST]


def _speed(record: Mapping[str, Any]) -> float | None:
    result = record["result"]
    if not result["seconds"] or not result["epochs"]:
        return None
    seen: float = result["epochs"] * record["data"]["n_train"] / result["seconds"]
    return seen
