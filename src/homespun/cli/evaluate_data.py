"""Which pictures `homespun evaluate` judges a model by."""

from __future__ import annotations

from pathlib import Path

from homespun.cli.output import say
from homespun.cli.source import source_of
from homespun.data import Dataset, load_labelled, read_idx_dataset, read_manifest
from homespun.errors import SettingError
from homespun.models import Model
from homespun.runs import RunFolder, Settings


def pictures_to_judge(
    folder: RunFolder,
    model: Model,
    pictures: Path | None,
    labels: Path | None,
    data: Path | None,
    threads: int | None,
) -> Dataset:
    """Return labelled pictures in the model's shape and its classes.

    Args:
        folder: of the run.
        model: of the run.
        pictures: a folder, or an IDX file, or None for the run's own test part.
        labels: the IDX file of labels.
        data: where the run's own data lie now.
        threads: how many to decode pictures with.

    Raises:
        DataError: the pictures are not sound, or have classes that the model does not know.
        FileError: something is missing.
        SettingError: labels are missing, or superfluous.
    """
    if pictures is None:
        settings = Settings(**folder.read_record()["settings"])
        return source_of(settings, folder, data, threads).judged
    if not pictures.is_dir():
        if labels is None:
            raise SettingError("the labels of these pictures are missing; name a second IDX file")
        return read_idx_dataset(pictures, labels, model.class_names)
    if labels is not None:
        raise SettingError(f"{pictures} is a folder, which tells labels itself; leave out {labels}")
    return _from_folder(folder, model, pictures, threads)


def _from_folder(folder: RunFolder, model: Model, pictures: Path, threads: int | None) -> Dataset:
    """Return the pictures of a folder, without those that the model was made with."""
    known: frozenset[str] = frozenset()
    if folder.manifest.exists():
        rows = read_manifest(folder.manifest).rows
        known = frozenset(row.sha256 for row in rows if row.split != "test")
    found = load_labelled(
        pictures,
        model.class_names,
        model.in_shape,
        preparation=model.preparation,
        known=known,
        threads=threads,
        say=say,
    )
    say(f"{pictures}: {found.part}, {len(found.dataset):,} pictures")
    if found.n_known:
        say(f"{found.n_known:,} pictures are left out: the model was made with them")
    if found.skipped:
        place, reason = found.skipped[0]
        say(f"{len(found.skipped):,} files cannot be read, the first: {place} ({reason})")
    return found.dataset
