"""Answers about pictures as they come: lines for people, JSON or CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from homespun.cli.output import print_line, say
from homespun.models import TRUST_IN_WORDS

Answer: TypeAlias = Mapping[str, Any]
"""`file`, and either `error` or `label`, `probability`, `trust`, `probabilities` by name."""

Show: TypeAlias = Callable[[Answer], None]


def as_lines(top: int) -> Show:
    """Return what writes a line a picture, with the `top` likeliest classes; errors are talk."""

    def show(answer: Answer) -> None:
        if "error" in answer:
            error, file = answer["error"], answer["file"]
            say(error if file in error else f"{file}: {error}")
            return
        ranked = sorted(answer["probabilities"].items(), key=lambda item: -item[1])
        named = [f"{answer['label']}  {answer['probability']:.1%}"]
        named += [f"{name} {p:.1%}" for name, p in ranked if name != answer["label"]][: top - 1]
        truth = f"  (truth: {answer['truth']})" if "truth" in answer else ""
        trust = TRUST_IN_WORDS[answer["trust"]]
        print_line(f"{answer['file']}  {', '.join(named)}  trust: {trust}{truth}")

    return show


class AsJsonList:
    """Writes one JSON list, an entry a picture, as they come; used in a `with` block."""

    def __init__(self) -> None:
        self._n = 0

    def __enter__(self) -> AsJsonList:
        return self

    def __call__(self, answer: Answer) -> None:
        """Write one entry."""
        text = json.dumps(answer, indent=2, allow_nan=False)
        sys.stdout.write(("[\n" if self._n == 0 else ",\n") + text)
        self._n += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._n or kind is None:  # where nothing could be asked, nothing is written
            sys.stdout.write("\n]\n" if self._n else "[]\n")


def as_csv(class_names: Sequence[str]) -> Show:
    """Return what writes a table with a row a picture, after the names of its columns."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["file", "label", "probability", "trust", "error", *class_names])

    def show(answer: Answer) -> None:
        row = [answer.get(key, "") for key in ("file", "label", "probability", "trust", "error")]
        probabilities = answer.get("probabilities", {})
        writer.writerow([*row, *(probabilities.get(name, "") for name in class_names)])

    return show
