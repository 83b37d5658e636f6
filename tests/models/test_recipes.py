import numpy as np
import pytest

from homespun.errors import SettingError
from homespun.models import RECIPES, find_recipe
from homespun.nn import Parameters, shapes_of


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_every_recipe_fits_pictures_of_any_size_and_number_of_classes(recipe):
    for in_shape, n_classes in (((28, 28, 1), 10), ((17, 23, 3), 2)):
        plan = recipe.plan(n_samples=1000, n_classes=n_classes, seed=3, epochs=2)
        _, out_shape = shapes_of(plan.network, in_shape)
        assert out_shape == (n_classes,)
        assert plan.seed == 3
        assert plan.epochs == 2


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_the_schedule_ends_with_the_last_step(recipe):
    plan = recipe.plan(n_samples=1000, n_classes=10)
    last = plan.epochs * -(-1000 // plan.batch_size)
    rates = [plan.schedule.lr_at(step) for step in range(1, last + 1)]
    assert rates[-1] < 0.05 * max(rates)
    assert plan.schedule.lr_at(last + 1) <= rates[-1]


def test_a_misspelt_name_is_answered_with_the_nearest():
    assert find_recipe("mlp").name == "mlp"
    with pytest.raises(SettingError, match="did you mean mlp"):
        find_recipe("mpl")
    with pytest.raises(SettingError, match="there are: "):
        find_recipe("resnet")


def test_tiny_has_fewer_than_100_000_weights():
    plan = find_recipe("tiny").plan(n_samples=1000, n_classes=10)
    params, _ = plan.network.init(np.random.default_rng(0), (28, 28, 1))
    assert Parameters(params).vector.size < 100_000
