"""What a search tries: for each knob a range around what the recipe itself has.

The ranges stand here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from homespun.errors import SettingError
from homespun.models.knobs import own_values
from homespun.models.recipes import find_recipe
from homespun.tune.optional import optuna
from homespun.tune.wanted import Wanted

Space: TypeAlias = dict[str, optuna.distributions.BaseDistribution]
"""The range of everything that is tried, by its name: knobs, and epochs."""

_TIMES_OWN = {"lr": (0.1, 4.0), "weight_decay": (0.1, 10.0)}
"""Between these multiples of the recipe's own, evenly on a logarithmic scale."""

_STEPS = {"label_smoothing": (0.0, 0.2, 0.02), "width": (0.5, 1.5, 0.25)}
"""From, to, and the step between."""

_BATCH_SIZES = (0.5, 1.0, 2.0)
"""One of these multiples of the recipe's own."""

_FEWEST_EPOCHS = 0.5
"""From this share of the recipe's own up to all of them."""

_DIGITS = 3
"""Of a number on a logarithmic scale: more make no difference, and people copy them."""


def own_values_of(wanted: Wanted) -> dict[str, Any]:
    """Return what the recipe itself has of all that the search tries, by name.

    Raises:
        SettingError: there is no such recipe, it lacks what is fixed, or nothing is left to try.
    """
    recipe = find_recipe(wanted.recipe)
    own = own_values(recipe.plan(n_samples=1, n_classes=2, changes=wanted.changes))
    if wanted.epochs is None:
        own["epochs"] = recipe.epochs
    tried = {name: value for name, value in own.items() if name not in wanted.changes}
    for name in _TIMES_OWN:
        if tried.get(name) == 0:  # no multiple of it is another
            del tried[name]
    if not tried:
        raise SettingError("everything is set, so nothing is left to try")
    return tried


def space_around(own: Mapping[str, Any]) -> Space:
    """Return the ranges around the values that a recipe itself has."""
    return {name: _range(name, value) for name, value in own.items()}


def as_tried(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a trial uses, of those that were drawn for it: with fewer digits."""
    return {
        name: _rounded(value) if name in _TIMES_OWN else value for name, value in params.items()
    }


def _range(name: str, own: Any) -> optuna.distributions.BaseDistribution:
    if name in _TIMES_OWN:
        low, high = (_rounded(factor * own) for factor in _TIMES_OWN[name])
        return optuna.distributions.FloatDistribution(low, high, log=True)
    if name in _STEPS:
        low, high, step = _STEPS[name]
        return optuna.distributions.FloatDistribution(low, high, step=step)
    if name == "epochs":
        return optuna.distributions.IntDistribution(math.ceil(_FEWEST_EPOCHS * own), own)
    if name == "batch_size":
        sizes = sorted({max(1, int(factor * own)) for factor in _BATCH_SIZES})
        return optuna.distributions.CategoricalDistribution(sizes)
    return optuna.distributions.CategoricalDistribution((True, False))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
