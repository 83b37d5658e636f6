from __future__ import annotations

import pytest

from homespun.errors import ShapeError
from homespun.estimators.planning import OPTIMIZERS, Wishes, make_plan
from homespun.models import find_recipe
from homespun.nn import Chain, Conv2D, Dense, Flatten, ReLU
from homespun.optim import Adam, AdamW, Constant, OneCycle

NOTHING = dict.fromkeys(Wishes.__annotations__)
DATA = {"in_shape": (28, 28, 1), "is_flat": False, "n_samples": 1000, "n_classes": 10, "seed": 4}


def plan_for(wishes=(), **data):
    return make_plan(Wishes(**(NOTHING | dict(wishes))), **(DATA | data))


def test_a_recipe_is_followed_to_the_letter():
    assert plan_for({"layers": "mlp"}) == find_recipe("mlp").plan(
        n_samples=1000, n_classes=10, seed=4
    )


def test_what_is_asked_for_beside_a_recipe_is_changed_and_nothing_else():
    wishes = {"layers": "mlp", "max_iter": 3, "batch_size": 50, "learning_rate_init": 0.5}
    plan, recipe = plan_for(wishes), find_recipe("mlp").plan(n_samples=1000, n_classes=10)
    assert (plan.epochs, plan.batch_size) == (3, 50)
    assert plan.schedule == OneCycle(0.5, total_steps=3 * 20)
    for name in ("network", "optimizer", "augmentation", "average", "loss", "shard_size"):
        assert getattr(plan, name) == getattr(recipe, name)


def test_layers_get_what_mlp_classifier_has():
    plan = plan_for({"layers": [Dense(100), ReLU()]})
    assert plan.network == Chain(Flatten(), Dense(100), ReLU(), Dense(10))
    assert plan.optimizer == Adam()
    assert plan.schedule == Constant(0.001)
    assert (plan.epochs, plan.batch_size) == (200, 200)
    assert plan_for({"layers": []}, n_samples=30).batch_size == 30


def test_rows_are_made_where_dense_layers_need_them():
    conv = plan_for({"layers": [Conv2D(4), ReLU()]})
    assert conv.network == Chain(Conv2D(4), ReLU(), Flatten(), Dense(10))
    own = plan_for({"layers": [Flatten(), Dense(3)]})
    assert own.network == Chain(Flatten(), Dense(3), Dense(10))
    flat = plan_for({"layers": [ReLU()]}, in_shape=(1, 1, 5), is_flat=True)
    assert flat.network == Chain(Flatten(), ReLU(), Dense(10))
    assert conv.shard_size < own.shard_size
    with pytest.raises(ShapeError, match="put a Flatten"):
        plan_for({"layers": [Conv2D(4), Dense(3)]})


def test_strings_and_objects_mean_the_same():
    assert {name.lower() for name in OPTIMIZERS} == {
        type(optimizer).__name__.lower() for optimizer in OPTIMIZERS.values()
    }
    by_name = plan_for(
        {"layers": [], "optimizer": "adamw", "learning_rate": "one_cycle", "max_iter": 2}
    )
    schedule = OneCycle(0.001, total_steps=10)
    assert by_name.schedule == schedule
    assert by_name == plan_for(
        {"layers": [], "optimizer": AdamW(), "learning_rate": schedule, "max_iter": 2}
    )


def test_a_shard_is_worth_a_thread():
    """A narrow network gets shards of whole batches, a wide one of 100 rows, maps of 16."""
    narrow, wide = ([Dense(n), ReLU()] for n in (1, 2048))
    assert plan_for({"layers": narrow}).shard_size > 1000
    assert plan_for({"layers": wide}).shard_size == 100
    assert plan_for({"layers": [Conv2D(4)]}, is_flat=False).shard_size == 16
