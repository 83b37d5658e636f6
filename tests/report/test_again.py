from __future__ import annotations

from homespun.report.again import command_again


def test_the_command_names_every_setting_and_of_a_folder_its_name_alone() -> None:
    settings = {"recipe": "fast", "seed": 0, "epochs": 3, "validation": 0}
    assert command_again(settings) == (
        "homespun train --recipe fast --seed 0 --epochs 3 --validation 0"
    )
    own = settings | {"validation": None, "folder": "/home/me/my shoes", "image_size": 48}
    assert command_again(own) == (
        "homespun train 'my shoes' --recipe fast --seed 0 --epochs 3 --image-size 48"
    )
    changed = settings | {"changes": {"lr": 0.05, "augment": False}}
    assert command_again(changed) == f"{command_again(settings)} --set lr=0.05 --set augment=no"
    assert command_again(settings | {"changes": {}}) == command_again(settings)
    assert command_again(settings | {"folder": None, "image_size": None}) == (
        command_again(settings)
    )
