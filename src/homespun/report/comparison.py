"""Several runs on one page: what differs in how they were made, and in what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from homespun.data import Dataset
from homespun.errors import ModelFileError, SettingError
from homespun.files import write_durably
from homespun.models.knobs import as_text
from homespun.report.figures import accuracy_intervals, validation_curves
from homespun.report.history import read_history
from homespun.report.rendering import drawn, render
from homespun.runs import RunFolder
from homespun.runs.fingerprint import fingerprint
from homespun.runs.rivals import PairedTest, mcnemar
from homespun.storage import load


def write_comparison(
    folders: Sequence[RunFolder],
    path: Path,
    data: tuple[Dataset, Dataset] | None = None,
    threads: int | None = None,
) -> Path:
    """Write a page that compares runs that have ended, and return its path.

    Args:
        folders: at least two runs with the same classes.
        path: where to write the page.
        data: their training file and test part; with them neighbours are tested in pairs.
        threads: how many; the page does not depend on it.

    Raises:
        MissingExtraError: matplotlib or jinja2 is not installed.
        FileError: a file of a run is missing, or the page cannot be written.
        ModelFileError: a run has not ended, or its record is damaged.
        SettingError: there is one run only, or the runs were judged on other classes.
    """
    records = {folder: _ended(folder) for folder in folders}
    if len(records) < 2:
        raise SettingError("a comparison needs two different runs at least")
    classes = [list(record["result"]["test"]["per_class"]) for record in records.values()]
    if any(names != classes[0] for names in classes):
        raise SettingError("these runs have different classes and cannot be compared")
    ordered = sorted(
        records,
        key=lambda one: (records[one]["result"]["test"]["accuracy"], one.path.resolve()),
    )
    names = dict(zip(ordered, _names(ordered), strict=True))
    right = {} if data is None else _right(ordered, records, data, threads)
    histories = {names[folder]: read_history(folder.metrics) for folder in ordered}
    page = render(
        "comparison.html",
        {
            "rows": [_row(folder, records[folder], names[folder]) for folder in ordered],
            "tests": _paired(ordered, names, right),
            "settings": _differing([_flat(records[folder]["settings"]) for folder in ordered]),
            "classes": _by_class(classes[0], [records[folder] for folder in ordered]),
            "pictures": _pictures(ordered, records, names, histories),
        },
    )
    write_durably(path, page.encode())
    return path


def _ended(folder: RunFolder) -> Mapping[str, Any]:
    record = folder.read_record()
    if "result" not in record:
        raise ModelFileError(folder.record, "the run has not ended yet, so there is no report")
    return record


def _names(folders: Sequence[RunFolder]) -> list[str]:
    """Return the folders' names, with as much of their paths as tells them apart."""
    parts = [folder.path.resolve().parts for folder in folders]
    depth = 1
    while len({part[-depth:] for part in parts}) < len(parts) and depth < max(map(len, parts)):
        depth += 1
    return ["/".join(part[-depth:]) for part in parts]


def _right(
    folders: Sequence[RunFolder],
    records: Mapping[RunFolder, Mapping[str, Any]],
    data: tuple[Dataset, Dataset],
    threads: int | None,
) -> dict[RunFolder, Any]:
    """Return for each run of these data which test pictures it answers rightly."""
    training_file, test = data
    own = fingerprint(training_file)
    return {
        folder: load(folder.model).predict(test.images, threads) == test.labels
        for folder in folders
        if records[folder]["data"].get("sha256") == own
    }


def _row(folder: RunFolder, record: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "name": name,
        "record": record,
        "result": record["result"],
        "test": record["result"]["test"],
        "size": folder.model.stat().st_size if folder.model.exists() else None,
    }


def _paired(
    folders: Sequence[RunFolder], names: Mapping[RunFolder, str], right: Mapping[RunFolder, Any]
) -> list[tuple[str, str, PairedTest]]:
    known = [folder for folder in folders if folder in right]
    return [
        (names[first], names[second], mcnemar(right[first], right[second]))
        for first, second in pairwise(known)
    ]


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with each change of the recipe as one of them."""
    rest = {name: value for name, value in settings.items() if name != "changes"}
    return rest | {name: as_text(value) for name, value in settings.get("changes", {}).items()}


def _differing(settings: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the settings that are not the same in all runs."""
    names = sorted({name for one in settings for name in one})
    table = {name: [one.get(name, "") for one in settings] for name in names}
    return {name: row for name, row in table.items() if any(value != row[0] for value in row)}


def _by_class(
    names: Sequence[str], records: Sequence[Mapping[str, Any]]
) -> list[tuple[str, list[float]]]:
    """Return each class with its F1 in each run, the classes that differ most first."""
    rows = [
        (name, [record["result"]["test"]["per_class"][name]["f1"] for record in records])
        for name in names
    ]
    return sorted(rows, key=lambda row: -float(np.ptp(row[1])))


def _pictures(
    folders: Sequence[RunFolder],
    records: Mapping[RunFolder, Mapping[str, Any]],
    names: Mapping[RunFolder, str],
    histories: Mapping[str, Sequence[Mapping[str, float | None]]],
) -> list[Any]:
    accuracies = {}
    for folder in folders:
        test = records[folder]["result"]["test"]
        accuracies[names[folder]] = (test["accuracy"], *test["interval"])
    said = ", ".join(f"{name} {100 * a[0]:.2f}%" for name, a in accuracies.items())
    pictures = [drawn(accuracy_intervals(accuracies), f"Accuracy with 95% interval: {said}")]
    if any(row["validation_loss"] is not None for rows in histories.values() for row in rows):
        pictures += [
            drawn(
                validation_curves(histories, measure),
                f"Validation {measure} over epochs, a line for each run",
            )
            for measure in ("loss", "accuracy")
        ]
    return pictures
