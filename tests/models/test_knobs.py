from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from homespun.augment import Flip
from homespun.errors import SettingError
from homespun.models.knobs import (
    KNOBS,
    as_text,
    changed,
    check_changes,
    find_knob,
    own_values,
)
from homespun.models.recipes import RECIPES, find_recipe
from homespun.nn import Chain, Conv2D, Dense, Flatten, ReLU, SquaredError
from homespun.optim import SGD, Constant
from homespun.training import Plan


def plan_of(recipe: str, **changes: Any) -> Plan:
    return find_recipe(recipe).plan(n_samples=1000, n_classes=10, epochs=2, changes=changes)


def widths(plan: Plan) -> list[int]:
    assert isinstance(plan.network, Chain)
    return [layer.n_out for layer in plan.network.layers if hasattr(layer, "n_out")]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_has_every_knob_and_setting_its_own_values_changes_nothing(
    recipe: str,
) -> None:
    own = own_values(plan_of(recipe))
    assert own.keys() == KNOBS.keys()
    assert plan_of(recipe, **own) == plan_of(recipe)


def test_own_values_are_those_of_the_recipe() -> None:
    assert own_values(plan_of("fast")) == {
        "lr": 0.1,
        "weight_decay": 5e-4,
        "label_smoothing": 0.1,
        "width": 1.0,
        "augment": True,
        "batch_size": 128,
    }


def test_each_knob_turns_one_thing() -> None:
    as_is = plan_of("fast")
    turned: dict[str, Any] = {
        "schedule": plan_of("fast", lr=0.5).schedule,
        "optimizer": plan_of("fast", weight_decay=0.25).optimizer,
        "loss": plan_of("fast", label_smoothing=0.0).loss,
        "augmentation": plan_of("fast", augment=False).augmentation,
    }
    assert turned["schedule"].lr == 0.5
    assert turned["optimizer"].weight_decay == 0.25
    assert turned["loss"].label_smoothing == 0.0
    assert turned["augmentation"] == ()
    assert as_is.augmentation == (Flip(),)
    several = plan_of("fast", lr=0.5, weight_decay=0.25, label_smoothing=0.0, augment=False)
    assert several == replace(as_is, **turned)


def test_the_width_leaves_the_classes_alone() -> None:
    assert widths(plan_of("fast")) == [16, 32, 64, 10]
    assert widths(plan_of("fast", width=0.5)) == [8, 16, 32, 10]
    assert widths(plan_of("mlp", width=1.5)) == [1536, 768, 10]
    assert widths(plan_of("fast", width=1 / 16)) == [1, 2, 4, 10]


def test_the_schedule_spans_the_steps_of_the_new_batch_size() -> None:
    plan: Any = plan_of("fast", batch_size=300)
    assert plan.batch_size == 300
    assert plan.schedule.total_steps == 2 * 4  # 1,000 pictures are 4 batches of 300 at most


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", 0),
        ("lr", -0.1),
        ("lr", float("nan")),
        ("lr", float("inf")),
        ("lr", True),
        ("lr", "0.1"),
        ("weight_decay", -1e-9),
        ("label_smoothing", 1.0),
        ("label_smoothing", -0.1),
        ("width", 17.0),
        ("width", 0.06),
        ("augment", 1),
        ("batch_size", 0),
        ("batch_size", 65_537),
        ("batch_size", 2.0),
        ("batch_size", True),
    ],
)
def test_values_that_cannot_work_are_refused(name: str, value: object) -> None:
    with pytest.raises(SettingError, match=rf"^{name} takes .*, not "):
        check_changes({name: value})
    with pytest.raises(SettingError, match=f"^{name} takes"):
        plan_of("fast", **{name: value})


def test_whole_numbers_are_numbers() -> None:
    check_changes({"lr": 1, "weight_decay": 0, "width": 2})
    assert repr(plan_of("fast", lr=1)) == repr(plan_of("fast", lr=1.0))


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SettingError, match=r"'weight-decay'; did you mean weight_decay\?"):
        find_knob("weight-decay")
    with pytest.raises(SettingError, match="there are: lr, "):
        check_changes({"xyzzy": 1.0})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("lr", "5e-2", 0.05),
        ("lr", "1", 1.0),
        ("augment", "no", False),
        ("augment", "Yes", True),
        ("batch_size", "64", 64),
    ],
)
def test_texts_are_read(name: str, text: str, value: object) -> None:
    found = KNOBS[name].parse(text)
    assert (found, type(found)) == (value, type(value))
    assert KNOBS[name].parse(as_text(found)) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("lr", ""), ("lr", "fast"), ("lr", "-1"), ("augment", "1"), ("batch_size", "64.0")],
)
def test_texts_that_mean_nothing_are_refused(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=rf"{name} takes "):
        KNOBS[name].parse(text)


def test_what_a_plan_lacks_cannot_be_set() -> None:
    bare = Plan(Chain(Flatten(), Dense(3)), SGD(), Constant(0.1), epochs=1, loss=SquaredError())
    assert own_values(bare) == {"lr": 0.1, "batch_size": 128}
    for name, value in (("weight_decay", 0.1), ("label_smoothing", 0.1), ("width", 2.0)):
        with pytest.raises(SettingError, match=f"the recipe bare has no {name} to set"):
            changed(bare, {name: value}, "bare")
    two = replace(bare, network=Chain(Conv2D(4), ReLU(), Flatten(), Dense(3)))
    assert widths(changed(two, {"width": 0.5}, "two")) == [2, 3]
