"""What a run comes to, in a few plain sentences: people read these first, and some read no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from homespun.data import CLASS_NAMES
from homespun.models.knobs import as_text
from homespun.report.trust import AsTrained
from homespun.runs.examination import TEST_PART, VALIDATION_PART

_CLEAR = 0.002
"""A difference in accuracy that is worth a sentence."""
_OVERFIT = 0.03

History = Sequence[Mapping[str, float | None]]


@dataclass(frozen=True)
class Confused:
    """How often one class was taken for another.

    Attributes:
        truth: the true class.
        answer: what it was taken for.
        count: how often.
        share: the same as a share of all pictures of the true class.
    """

    truth: int
    answer: int
    count: int
    share: float


def most_confused(confusion: Sequence[Sequence[int]], most: int) -> list[Confused]:
    """Return the pairs confused most, from counts (n_classes, n_classes), rows the truth."""
    counts = np.array(confusion)
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    totals = counts.sum(axis=1)
    pairs = [divmod(int(place), len(counts)) for place in order]
    return [
        Confused(t, a, int(wrong[t, a]), float(wrong[t, a] / totals[t]))
        for t, a in pairs
        if wrong[t, a]
    ]


def summary(record: Mapping[str, Any], history: History, before: AsTrained | None) -> list[str]:
    """Return sentences: what was trained on what, how good, how sure, what it confuses, what next.

    Args:
        record: the run's record, with its result.
        history: the rows of its metrics.
        before: what its probabilities were like before calibration; None if nothing was calibrated
            or nobody looked.
    """
    return [
        _what(record),
        _how_good(record["result"]["test"], record["data"].get("judged_on", TEST_PART)),
        _how_sure(record["result"], before),
        _confusions(record["result"]["test"]),
        f"What to try next: {next_step(record, history)}",
    ]


def next_step(record: Mapping[str, Any], history: History) -> str:
    """Return the first advice that fits how the run learnt."""
    result = record["result"]
    if result["stopped"]:
        return f"let it run to its end; it was stopped early ({result['stopped']})."
    validation = [row["validation_accuracy"] for row in history]
    known = [accuracy for accuracy in validation if accuracy is not None]
    if not known:
        return "hold some pictures out (--validation), so that the curves tell when to stop."
    last = history[-1]
    training = last["accuracy"] or 0.0
    if training - known[-1] > _OVERFIT:
        return (
            f"more pictures, more augmentation or fewer epochs: it knows its training pictures "
            f"{100 * (training - known[-1]):.1f} points better than held-out ones."
        )
    before = known[: -max(1, len(known) // 4)]
    if not before or max(known) - max(before) > _CLEAR:
        return "more epochs: the held-out accuracy was still rising when the run ended."
    return "a stronger recipe: more epochs would gain little, and it has not learnt by heart."


def _what(record: Mapping[str, Any]) -> str:
    settings, data, result = record["settings"], record["data"], record["result"]
    return (
        f"A network by the recipe {settings['recipe']}{_changes(settings)} "
        f"(seed {settings['seed']}, "
        f"{result['weights']:,} weights) was trained on {data['n_train']:,} pictures of "
        f"{len(result['test']['per_class'])} classes{_of_what(record)}, in "
        f"{_counted(result['epochs'], 'epoch')} and "
        f"{result['seconds']:.0f} seconds."
    )


def _changes(settings: Mapping[str, Any]) -> str:
    """Return what was changed of the recipe, or nothing."""
    told = [f"{name} {as_text(value)}" for name, value in settings.get("changes", {}).items()]
    return f" with {', '.join(told)}" if told else ""


def _of_what(record: Mapping[str, Any]) -> str:
    """Return where the pictures come from, in brackets, or nothing where nobody knows."""
    if record["settings"].get("folder"):
        return f" (the folder {Path(record['settings']['folder']).name})"
    is_fashion = record["data"].get("class_names") == list(CLASS_NAMES)
    return " (Fashion-MNIST)" if is_fashion else ""


def _how_good(test: Mapping[str, Any], part: str) -> str:
    low, high = test["interval"]
    words = (
        f"It answers {100 * test['accuracy']:.2f}% of the {test['n']:,} pictures of the {part} "
        f"rightly; with other pictures of the same kind that could be {100 * low:.2f}% to "
        f"{100 * high:.2f}% (95% interval)."
    )
    if part == VALIDATION_PART:
        words += " The best epoch was chosen by these pictures, so on others it may do worse."
    return words


def _how_sure(result: Mapping[str, Any], before: AsTrained | None) -> str:
    words = (
        f"Its confidence and its accuracy differ by {100 * result['test']['ece']:.1f} points on "
        "average (calibration error)"
    )
    if before is not None:
        kind = "too sure of itself" if before.lean > 0 else "too cautious"
        words += (
            f"; as trained it was {kind}, off by {100 * before.error:.1f} points, until it was "
            "calibrated on the validation part"
        )
    sure = result.get("trust", {}).get("test", {}).get("yes", {})
    if sure.get("accuracy") is None:
        return words + "."
    return (
        f"{words}. It calls {100 * sure['share']:.0f}% of its answers sure, and of those "
        f"{100 * sure['accuracy']:.1f}% are right."
    )


def _confusions(test: Mapping[str, Any]) -> str:
    names = list(test["per_class"])
    pairs = most_confused(test["confusion"], 2)
    if not pairs:
        return "It confuses nothing on these pictures."
    told = [
        f"{names[pair.truth]} for {names[pair.answer]} ({_counted(pair.count, 'time')}, "
        f"{100 * pair.share:.0f}% of its pictures)"
        for pair in pairs
    ]
    return f"What it confuses most: it takes {' and '.join(told)}."


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
