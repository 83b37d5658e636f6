from __future__ import annotations

from homespun.runs.folder import Settings
from homespun.tune.wanted import Wanted


def test_what_is_tried_and_what_is_fixed_make_the_settings_of_a_run() -> None:
    wanted = Wanted("fast", 7, None, 50, "/pictures", 32, {"augment": False})
    tried = {"epochs": 4, "lr": 0.2, "batch_size": 128}  # 128 is the recipe's own
    assert wanted.settings(tried) == Settings(
        "fast", 7, 4, 50, "/pictures", 32, {"augment": False, "lr": 0.2}
    )


def test_fixed_epochs_are_those_of_every_trial() -> None:
    assert Wanted("fast", epochs=3).settings({"lr": 0.2}).epochs == 3


def test_the_recipe_as_it_is_is_no_change() -> None:
    wanted = Wanted("mlp", validation=50)
    as_is = {"epochs": 30, "lr": 2e-3, "weight_decay": 0.05, "width": 1.0, "augment": True}
    assert wanted.settings(as_is) == Settings("mlp", 0, 30, 50)
