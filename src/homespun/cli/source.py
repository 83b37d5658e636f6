"""Where a run's pictures come from: Fashion-MNIST, or a folder of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from homespun.cli.output import say
from homespun.data import (
    Dataset,
    FolderData,
    Manifest,
    Preparation,
    load_fashion_mnist,
    load_folder,
    read_manifest,
)
from homespun.runs import Settings


@dataclass(frozen=True, eq=False)
class Source:
    """The pictures of a run.

    Attributes:
        training_file: what is learnt from and validated by.
        judged: what accuracy is of: the test part, or the validation part where there is none.
        manifest: which picture of a folder is in which part; None for Fashion-MNIST.
        preparation: what photos go through to be like these pictures.
    """

    training_file: Dataset
    judged: Dataset
    manifest: Manifest | None
    preparation: Preparation

    @property
    def parts(self) -> tuple[Dataset, Dataset]:
        """The training file and what is judged."""
        return self.training_file, self.judged


class Begun(Protocol):
    """A folder that keeps which pictures it was begun with: a run's, or a search's."""

    @property
    def manifest(self) -> Path:
        """Which picture of a folder is in which part."""
        ...

    @property
    def record(self) -> Path:
        """What else there is to say of the data."""
        ...

    def read_record(self) -> dict[str, Any]:
        """Return what stands in the record."""
        ...


def source_of(
    settings: Settings, folder: Begun, named: Path | None = None, threads: int | None = None
) -> Source:
    """Return the pictures that a run with these settings is on.

    A run that was begun on a folder keeps its pictures, their parts and their shape, whatever came
    into the folder since.

    Args:
        settings: of the run.
        folder: of the run or search, which may not be there yet.
        named: where the data lie, if not where they are looked for otherwise.
        threads: how many to decode pictures with.

    Raises:
        DataError: the data are not what they should be.
        FileError: the data are missing or cannot be read.
        ModelFileError: the run's record is damaged.
    """
    if settings.folder is None:
        training_file, test = load_fashion_mnist(named, say=say)
        return Source(training_file, test, None, Preparation())
    begun = folder.manifest.exists() and folder.record.exists()
    shape = folder.read_record()["data"].get("in_shape") if begun else None
    found = load_folder(
        named or settings.folder,
        image_size=shape[0] if shape else settings.image_size,
        channels=shape[2] if shape else None,
        n_validation=settings.validation,
        manifest=read_manifest(folder.manifest) if begun else None,
        threads=threads,
        say=say,
    )
    tell(found, named or settings.folder)
    return Source(found.training_file, found.judged, found.manifest, Preparation.plain())


def tell(found: FolderData, path: Path | str) -> None:
    """Say what was found in a folder, and what was not used of it."""
    counts = found.manifest.counts()
    say(
        f"{path}: {found.training_file.n_classes} classes; {counts['train']:,} pictures to train "
        f"on, {counts['validation']:,} to validate, {counts['test']:,} to test; {found.why}"
    )
    if found.skipped:
        first = found.skipped[0]
        say(
            f"{len(found.skipped):,} files cannot be read and are skipped, the first: "
            f"{first.place} ({first.reason}); homespun data check {path} lists them"
        )
    if found.empty_classes:
        say(f"classes without pictures are left out: {', '.join(found.empty_classes)}")
    if counts["left out"]:
        say(f"{counts['left out']:,} pictures are not trained on: they have twins in other parts")
