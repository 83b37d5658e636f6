"""Knobs: what one may turn of a recipe, each under one name, and how far it turns."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

from homespun.errors import SettingError
from homespun.nn import Chain, Conv2D, Dense, Layer, PooledConv2D
from homespun.training import Plan

Changes: TypeAlias = Mapping[str, float | bool]
"""What differs from the recipe: values by the names of knobs. Plain JSON values."""

_LAYERS_WITH_WIDTH = (Conv2D, PooledConv2D, Dense)
_YES = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


@dataclass(frozen=True)
class Knob:
    """One thing that may differ from the recipe.

    Attributes:
        name: what it is called on the command line and in records.
        kind: float, int or bool.
        takes: the values that it takes, in words.
        allows: whether it takes this value, which is of its kind.
        own: the value that a plan has; None where the plan has no such thing.
        turn: (plan, value) -> the plan with this value.
    """

    name: str
    kind: type
    takes: str
    allows: Callable[[Any], bool]
    own: Callable[[Plan], Any]
    turn: Callable[[Plan, Any], Plan]

    def check(self, value: object) -> None:
        """Refuse what the knob does not take.

        Raises:
            SettingError: the value is of another kind, or too large or small.
        """
        kinds = (float, int) if self.kind is float else (self.kind,)
        if type(value) not in kinds or not self.allows(value):  # True is an int, but no number
            raise SettingError(f"{self.name} takes {self.takes}, not {value!r}")

    def parse(self, text: str) -> Any:
        """Return the value that the text means.

        Raises:
            SettingError: it means none that the knob takes.
        """
        try:
            value = _YES[text.lower()] if self.kind is bool else self.kind(text)
        except (KeyError, ValueError):
            raise SettingError(f"{self.name} takes {self.takes}, not {text!r}") from None
        self.check(value)
        return value


def _of_part(part: str, name: str, takes: str, allows: Callable[[float], bool]) -> Knob:
    """Return the knob for a number that a part of the plan has: its schedule, optimizer or loss."""

    def own(plan: Plan) -> float | None:
        described: Any = getattr(plan, part)
        has_it = name in {field.name for field in fields(described)}
        return getattr(described, name) if has_it else None

    def turn(plan: Plan, value: float) -> Plan:
        described: Any = getattr(plan, part)
        changes: dict[str, Any] = {part: replace(described, **{name: float(value)})}
        return replace(plan, **changes)

    return Knob(name, float, takes, allows, own, turn)


def _widened(network: Layer, factor: float) -> Layer:
    """Return the network with `factor` times the outputs of every layer but the last that has some.

    Those of the last are the classes.
    """
    if not isinstance(network, Chain):
        return network
    layers = list(network.layers)
    for i in _places_with_width(network)[:-1]:
        layer: Any = layers[i]
        layers[i] = replace(layer, n_out=max(1, round(factor * layer.n_out)))
    return Chain(*layers)


def _places_with_width(network: Layer) -> list[int]:
    layers = network.layers if isinstance(network, Chain) else ()
    return [i for i, layer in enumerate(layers) if isinstance(layer, _LAYERS_WITH_WIDTH)]


_ALL = (
    _of_part("schedule", "lr", "a number above 0", lambda v: 0 < v < math.inf),
    _of_part("optimizer", "weight_decay", "a number from 0", lambda v: 0 <= v < math.inf),
    _of_part("loss", "label_smoothing", "a number from 0 to below 1", lambda v: 0 <= v < 1),
    Knob(
        name="width",
        kind=float,
        takes="a factor on channels and hidden units, from 1/16 to 16",
        allows=lambda v: 1 / 16 <= v <= 16,
        own=lambda plan: 1.0 if len(_places_with_width(plan.network)) > 1 else None,
        turn=lambda plan, v: replace(plan, network=_widened(plan.network, v)),
    ),
    Knob(
        name="augment",
        kind=bool,
        takes="yes or no",
        allows=lambda v: True,
        own=lambda plan: True if plan.augmentation else None,
        turn=lambda plan, v: plan if v else replace(plan, augmentation=()),
    ),
    Knob(
        name="batch_size",
        kind=int,
        takes="a whole number from 1 to 65,536",
        allows=lambda v: 1 <= v <= 65_536,
        own=lambda plan: plan.batch_size,
        turn=lambda plan, v: replace(plan, batch_size=v),
    ),
)

KNOBS = {knob.name: knob for knob in _ALL}
"""Every knob by its name."""


def find_knob(name: str) -> Knob:
    """Return the knob called `name`.

    Raises:
        SettingError: there is none; the message names the nearest, and all.
    """
    if name in KNOBS:
        return KNOBS[name]
    near = difflib.get_close_matches(name, KNOBS, n=1, cutoff=0.4)
    guess = f"; did you mean {near[0]}?" if near else ""
    raise SettingError(f"nothing to set is called {name!r}{guess} (there are: {', '.join(KNOBS)})")


def check_changes(changes: Mapping[str, object]) -> None:
    """Refuse what no recipe takes.

    Raises:
        SettingError: no knob has this name, or it does not take this value.
    """
    for name, value in changes.items():
        find_knob(name).check(value)


def as_text(value: Any) -> str:
    """Return the value of a setting as people write it, so that it reads back as the same."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def own_values(plan: Plan) -> dict[str, Any]:
    """Return what the plan has of every knob, without the knobs that it lacks."""
    values = {name: knob.own(plan) for name, knob in KNOBS.items()}
    return {name: value for name, value in values.items() if value is not None}


def changed(plan: Plan, changes: Changes, recipe: str) -> Plan:
    """Return the plan of the recipe called `recipe` with these changes.

    Raises:
        SettingError: no knob has this name, it does not take this value, or the plan lacks it.
    """
    check_changes(changes)
    for name, value in changes.items():
        if KNOBS[name].own(plan) is None:
            raise SettingError(f"the recipe {recipe} has no {name} to set")
        plan = KNOBS[name].turn(plan, value)
    return plan
