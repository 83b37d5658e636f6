"""Which run a `homespun train` means: a new one, one to go on with, or one that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from homespun.cli.train_options import RECIPE, VALIDATION
from homespun.errors import SettingError
from homespun.models import find_recipe
from homespun.runs import RunFolder, Settings, find_run, next_free_folder, unfinished_run

_RUNS = Path("runs")
_OPTIONS = {"changes": "set"}


def choose_run(
    chosen: Mapping[str, Any], pictures: Path | None, run: Path | None, resume: Path | None
) -> tuple[RunFolder, Settings]:
    """Return the folder of the run and its settings.

    Args:
        chosen: recipe, seed, epochs, validation, image_size and changes as given, None where they
            were not.
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
    if run is not None:
        folder = RunFolder(run)
    else:
        found = unfinished_run(_RUNS, settings)
        folder = found or next_free_folder(_RUNS, settings.recipe)
    keep_apart(folder.path, settings.folder, "run")
    return folder, settings


def keep_apart(path: Path, pictures: str | None, what: str) -> None:
    """Refuse to write among a user's own pictures, which are read and never added to.

    Args:
        path: where the run or the search is to be kept.
        pictures: the folder of the user's own, or None.
        what: it is: run or study, as the option is called.

    Raises:
        SettingError: the one would lie in the other.
    """
    if pictures is not None and path.resolve().is_relative_to(pictures):
        raise SettingError(
            f"the {what} in {path} would lie among the pictures of {pictures}; "
            f"name a place elsewhere with --{what}"
        )


def chosen_pictures(chosen: Mapping[str, Any], pictures: Path | None) -> dict[str, Any]:
    """Return the settings that say on which pictures: validation, folder and image_size.

    Raises:
        SettingError: what was given does not go together, or no record could hold it.
    """
    validation, folder = chosen["validation"], None
    if pictures is None:
        if chosen["image_size"] is not None:
            raise SettingError(
                "--image-size is for folders of pictures; Fashion-MNIST has one size"
            )
        validation = VALIDATION if validation is None else validation
    else:
        folder = str(pictures.expanduser().resolve())
        _refuse_unwritable(folder)
    return {"validation": validation, "folder": folder, "image_size": chosen["image_size"]}


def hold_to(chosen: Mapping[str, Any], begun: Mapping[str, Any], what: str) -> None:
    """Refuse to go on with other settings than it was begun with.

    Args:
        chosen: what was given, None where it was not.
        begun: what it was begun with.
        what: it is, in words.

    Raises:
        SettingError: one of them is another.
    """
    for name, value in chosen.items():
        if value not in (None, begun[name]):
            option = _OPTIONS.get(name, name.replace("_", "-"))
            raise SettingError(f"--{option} {value}: the {what} was begun with {begun[name]}")


def _new(chosen: Mapping[str, Any], pictures: Path | None) -> Settings:
    recipe = find_recipe(chosen["recipe"] or RECIPE)
    return Settings(
        recipe=recipe.name,
        seed=chosen["seed"] or 0,
        epochs=chosen["epochs"] or recipe.epochs,
        changes=chosen["changes"] or {},
        **chosen_pictures(chosen, pictures),
    )


def _refuse_unwritable(folder: str) -> None:
    """Refuse a folder's name that the record of a run could not hold."""
    try:
        folder.encode()
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
    hold_to(chosen, asdict(settings), f"run in {resume}")
    return folder, settings
