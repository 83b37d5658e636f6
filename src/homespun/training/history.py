"""History: what happened in each epoch, in numbers that the same run gives again."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class EpochRecord:
    """One epoch. Times are left out, so that the same run writes the same file.

    Attributes:
        epoch: counted from 1.
        lr: the learning rate of the epoch's last step.
        loss: mean training loss while the weights moved, without penalties.
        accuracy: share of right answers meanwhile, on the pictures as augmented.
        penalty: the penalties on the weights at the end of the epoch.
        validation_loss: mean loss of the validation part afterwards; None without such a part.
        validation_accuracy: share of right answers there; None without such a part.
    """

    epoch: int
    lr: float
    loss: float
    accuracy: float
    penalty: float
    validation_loss: float | None
    validation_accuracy: float | None


def history_to_csv(history: Sequence[EpochRecord]) -> str:
    """Return the history as text of comma-separated values; repr keeps every digit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(EpochRecord))
    for record in history:
        writer.writerow("" if v is None else repr(v) for v in asdict(record).values())
    return out.getvalue()
