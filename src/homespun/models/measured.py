"""What was measured of the recipes: `make accuracy` writes it, `homespun models` shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("measured.json")


def read_measured() -> dict[str, dict[str, Any]]:
    """Return for each measured recipe: seeds, accuracy (mean), spread, minutes, epochs and more.

    Accuracies are on the official test file; the spread is the standard deviation over seeds.
    """
    if not PATH.exists():
        return {}
    measured: dict[str, dict[str, Any]] = json.loads(PATH.read_text())
    return measured
