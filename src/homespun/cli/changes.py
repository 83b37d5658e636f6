"""Changes of a recipe as people write them: lr=0.05."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from homespun.errors import SettingError
from homespun.models.knobs import KNOBS, find_knob

OPTION_HELP = (
    "Change one thing of the recipe, as in --set lr=0.05; may stand several times. "
    f"There are: {', '.join(KNOBS)}."
)


def parse_changes(texts: Sequence[str] | None) -> dict[str, Any] | None:
    """Return the changes that these texts name, or None where nothing was given.

    Raises:
        SettingError: one is not of the form NAME=VALUE, names nothing that there is, gives it a
            value that it does not take, or names what another has named.
    """
    if not texts:
        return None
    changes: dict[str, Any] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign:
            raise SettingError(f"--set: expected NAME=VALUE such as lr=0.05, got {text!r}")
        name = name.replace("-", "_")
        if name in changes:
            raise SettingError(f"--set {name}: it is set twice; set it once")
        changes[name] = find_knob(name).parse(value)
    return changes
