from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from homespun.errors import SettingError
from homespun.models.knobs import changed
from homespun.models.recipes import RECIPES
from homespun.training import Plan
from homespun.tune.optional import optuna
from homespun.tune.space import as_tried, own_values_of, space_around
from homespun.tune.wanted import Wanted

Float = optuna.distributions.FloatDistribution
Int = optuna.distributions.IntDistribution
Categorical = optuna.distributions.CategoricalDistribution


def test_ranges_lie_around_what_the_recipe_has() -> None:
    assert space_around(own_values_of(Wanted("fast"))) == {
        "lr": Float(0.01, 0.4, log=True),
        "weight_decay": Float(5e-5, 5e-3, log=True),
        "label_smoothing": Float(0.0, 0.2, step=0.02),
        "width": Float(0.5, 1.5, step=0.25),
        "augment": Categorical((True, False)),
        "batch_size": Categorical((64, 128, 256)),
        "epochs": Int(8, 16),
    }


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_recipe_itself_is_within_its_ranges(recipe: str) -> None:
    own = own_values_of(Wanted(recipe))
    for name, range_ in space_around(own).items():
        assert range_._contains(range_.to_internal_repr(own[name])), name


def test_what_is_fixed_is_not_tried() -> None:
    own = own_values_of(Wanted("fast", epochs=3, changes={"lr": 0.2, "augment": False}))
    assert set(own) == {"weight_decay", "label_smoothing", "width", "batch_size"}


def test_no_multiple_of_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = RECIPES["fast"]

    def without_decay(**data: Any) -> Plan:
        return changed(fast.build(**data), {"weight_decay": 0.0}, "calm")

    monkeypatch.setitem(RECIPES, "calm", replace(fast, name="calm", build=without_decay))
    assert own_values_of(Wanted("calm")).keys() == own_values_of(Wanted("fast")).keys() - {
        "weight_decay"
    }


def test_a_search_without_anything_to_try_is_refused() -> None:
    everything: dict[str, Any] = {
        "lr": 0.1,
        "weight_decay": 0.0,
        "label_smoothing": 0.0,
        "width": 1.0,
        "augment": True,
        "batch_size": 32,
    }
    with pytest.raises(SettingError, match="nothing is left to try"):
        own_values_of(Wanted("fast", epochs=3, changes=everything))
    with pytest.raises(SettingError, match="no recipe is called 'quick'"):
        own_values_of(Wanted("quick"))


def test_numbers_on_a_logarithmic_scale_are_tried_with_three_digits() -> None:
    drawn = {"lr": 0.0123456, "weight_decay": 1.23456e-5, "width": 0.75, "batch_size": 64}
    assert as_tried(drawn) == {"lr": 0.0123, "weight_decay": 1.23e-5, "width": 0.75} | {
        "batch_size": 64
    }
