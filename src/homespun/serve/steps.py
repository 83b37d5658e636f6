"""The steps of a photo's preparation as a page shows them: each with its picture and its switch."""

from __future__ import annotations

from typing import Any

from homespun.data import Prepared, Step
from homespun.serve.pixels import png_uri

SWITCH_OF = {
    "cut out": "cut_out",
    "crop": "centre",
    "negative": "dark_background",
    "sharpen": "sharpen",
    "contrast": "contrast",
}
"""The switch that leaves a step out, in the order in which steps are taken."""

_ORDER = (
    "photo",
    "as_it_is",
    "cut_out",
    "centre",
    "grey",
    "dark_background",
    "small",
    "sharpen",
    "contrast",
)

TITLES = {
    "cut_out": "the background taken away",
    "centre": "cropped to the object",
    "dark_background": "light and dark changed over",
    "sharpen": "edges sharpened",
    "contrast": "grey levels stretched",
}
"""What each switch is for, as the step itself says it."""


def shown_steps(prepared: Prepared | None, off: frozenset[str]) -> list[dict[str, Any]]:
    """Return the steps that were taken or switched off, in their order.

    Returns:
        for each `name` (of its switch where it has one), `title`, `picture` (None where it was not
        taken), `can_be_switched` and `is_on`.
    """
    taken = [] if prepared is None else prepared.steps
    found = [_taken(step) for step in taken]
    found += [_left_out(name) for name in SWITCH_OF.values() if name in off]
    return sorted(found, key=lambda step: _ORDER.index(step["name"]))


def _taken(step: Step) -> dict[str, Any]:
    return {
        "name": SWITCH_OF.get(step.name, step.name.replace(" ", "_")),
        "title": step.words,
        "picture": png_uri(step.picture),
        "can_be_switched": step.name in SWITCH_OF,
        "is_on": True,
    }


def _left_out(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": TITLES[name],
        "picture": None,
        "can_be_switched": True,
        "is_on": False,
    }
