"""Which run a `homespun train` means: a new one, one to go on with, or one that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homespun.cli.train_options import RECIPE, VALIDATION
from homespun.errors import SettingError
from homespun.models import find_recipe
from homespun.runs import RunFolder, Settings, find_run, next_free_folder, unfinished_run

_RUNS = Path("runs")


def choose_run(
    chosen: Mapping[str, Any], pictures: Path | None, run: Path | None, resume: Path | None
) -> tuple[RunFolder, Settings]:
    """Return the folder of the run and its settings.

    Args:
        chosen: recipe, seed, epochs, validation and image_size as given, None where they were not.
        pictures: the folder of the user's own, or None.
        run: where to keep the run, or None.
        resume: the run to go on with, or None.

    Raises:
        FileError: there is no such run.
        ModelFileError: its record is damaged.
        SettingError: what was given does not go together.
    """
    if resume is not None:
        return _begun(chosen, pictures, run, resume)
    settings = _new(chosen, pictures)
    _refuse_unwritable(settings.folder)
    if run is not None:
        folder = RunFolder(run)
    else:
        found = unfinished_run(_RUNS, settings)
        folder = found or next_free_folder(_RUNS, settings.recipe)
    if settings.folder and folder.path.resolve().is_relative_to(settings.folder):
        raise SettingError(
            f"the run in {folder.path} would lie among the pictures of {settings.folder}; "
            "name a place elsewhere with --run"
        )
    return folder, settings


def _new(chosen: Mapping[str, Any], pictures: Path | None) -> Settings:
    recipe = find_recipe(chosen["recipe"] or RECIPE)
    validation = chosen["validation"]
    if pictures is None:
        if chosen["image_size"] is not None:
            raise SettingError(
                "--image-size is for folders of pictures; Fashion-MNIST has one size"
            )
        validation = VALIDATION if validation is None else validation
    return Settings(
        recipe=recipe.name,
        seed=chosen["seed"] or 0,
        epochs=chosen["epochs"] or recipe.epochs,
        validation=validation,
        folder=None if pictures is None else str(pictures.expanduser().resolve()),
        image_size=chosen["image_size"],
    )


def _refuse_unwritable(folder: str | None) -> None:
    """Refuse a folder's name that the record of a run could not hold."""
    try:
        (folder or "").encode()
    except UnicodeEncodeError as error:
        raise SettingError(f"{folder!a} has a name that is no Unicode; rename it") from error


def _begun(
    chosen: Mapping[str, Any], pictures: Path | None, run: Path | None, resume: Path
) -> tuple[RunFolder, Settings]:
    if run is not None:
        raise SettingError("--run and --resume both name the folder; name it once")
    folder = find_run(resume)
    settings = Settings(**folder.read_record()["settings"])
    if pictures is not None and settings.folder is None:
        raise SettingError(f"the run in {resume} was begun on Fashion-MNIST, not on a folder")
    for name, value in chosen.items():
        begun = getattr(settings, name)
        if value not in (None, begun):
            option = name.replace("_", "-")
            raise SettingError(f"--{option} {value}: the run in {resume} was begun with {begun}")
    return folder, settings
