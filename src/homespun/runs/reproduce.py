"""Training a run again from its record, to see whether the same bits come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homespun.data import Dataset
from homespun.errors import ModelFileError
from homespun.files import read_bounded
from homespun.runs.folder import RunFolder, Settings, has_ended
from homespun.runs.job import Job
from homespun.runs.versions import differences, versions
from homespun.training import Callback, history_to_csv, train

_MOST_BYTES = 2**26


@dataclass(frozen=True)
class Reproduction:
    """What training again has shown.

    Attributes:
        identical: weights and metrics are the same, bit for bit.
        weight_hash: of the weights that came out; None where nothing was trained, as on other data.
        expected: the weight hash in the record.
        differences: a line for each thing that differs, results first, possible causes after them.
    """

    identical: bool
    weight_hash: str | None
    expected: str
    differences: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain JSON values."""
        return {
            "identical": self.identical,
            "weight_hash": self.weight_hash,
            "expected": self.expected,
            "differences": list(self.differences),
        }


def reproduce(
    folder: RunFolder,
    training_file: Dataset,
    *,
    threads: int | None = None,
    callbacks: Sequence[Callback] = (),
) -> Reproduction:
    """Train the run in `folder` again, and compare. Nothing is written.

    Raises:
        FileError: a file of the run is missing or cannot be read.
        ModelFileError: the record is damaged, or the run has not ended.
        SettingError: its recipe is unknown here, or does not fit the data.
    """
    record = folder.read_record()
    if not has_ended(record):
        raise ModelFileError(
            folder.record, "the run has not ended; homespun train --resume ends it"
        )
    expected = record["result"]["weight_hash"]
    metrics = read_bounded(folder.metrics, _MOST_BYTES).decode(errors="replace")
    causes = differences(record["made_with"], versions())
    job = Job.of(Settings(**record["settings"]), training_file)
    other = [key for key, value in job.about_data.items() if record["data"].get(key) != value]
    if other:
        lines = (f"the data differ ({', '.join(other)}), so nothing was trained", *causes)
        return Reproduction(False, None, expected, lines)
    result = train(job.plan, job.data, job.validation, threads=threads, callbacks=callbacks)
    found = result.parameters.weight_hash()
    lines = ()
    if found != expected:
        lines += (f"the weight hash is {found}, was {expected}",)
    if (row := _first_other_row(metrics, history_to_csv(result.history))) is not None:
        lines += (f"metrics.csv differs from line {row} on",)
    return Reproduction(not lines, found, expected, (*lines, *causes))


def _first_other_row(before: str, now: str) -> int | None:
    """Return the number of the first line that differs, counted from 1; None if none does."""
    if before == now:
        return None
    rows = zip(before.splitlines(), now.splitlines(), strict=False)
    alike = [old == new for old, new in rows]
    return 1 + (alike.index(False) if False in alike else len(alike))
