"""The model card: what a model is for, how good it is and where it ends, for whoever meets it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from homespun.data.fashion_mnist import CLASS_NAMES

_LICENSES = {"fashion_mnist": "mit"}
"""Of a model of one's own pictures nobody but oneself can say under which licence it is."""


def model_card(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a run's page with what the card's template needs besides.

    Names of runs and classes may hold anything, so what stands in the YAML head is written as
    JSON, which is YAML; what stands in the text is freed of Markdown's signs.
    """
    record = values["record"]
    dataset = _dataset(record["data"])
    return {
        **values,
        "head": {
            "name": json.dumps(values["run"]),
            "dataset": json.dumps(dataset),
            "license": _LICENSES.get(dataset),
            "accuracy": f"{values['test']['accuracy']:.4f}",
        },
        "plain": plain,
    }


def _dataset(about: Mapping[str, Any]) -> str:
    return "fashion_mnist" if about.get("class_names") == list(CLASS_NAMES) else "pictures"


def plain(text: str) -> str:
    """Return a text with all signs of Markdown and HTML escaped, in one line."""
    line = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>()#+!|&~$" else sign for sign in line)
