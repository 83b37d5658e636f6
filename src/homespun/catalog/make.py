"""Making a catalogue: begun or gone on with, done by an engine, complete or not there at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homespun.catalog.assembly import Counts, assemble, count, read_about
from homespun.catalog.chunk import SIZE
from homespun.catalog.engine import Engine, EngineError
from homespun.catalog.job import (
    Job,
    about_job,
    check_same,
    locked,
    open_job,
    part_folder,
    remove_job,
)
from homespun.catalog.parts import Parts
from homespun.catalog.source import Source, open_source
from homespun.errors import SettingError
from homespun.files import read_bounded
from homespun.storage import load

_LARGEST_MODEL = 2**30


@dataclass(frozen=True)
class Progress:
    """How far a catalogue is.

    Attributes:
        done: pictures whose rows are there.
        of: pictures in all.
        before: those that were there already when this process began.
    """

    done: int
    of: int
    before: int


def make_catalog(
    path: Path,
    output: Path,
    *,
    model: Path,
    engine: Engine,
    column: str | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
    chunk: int = SIZE,
) -> Counts:
    """Classify all pictures of the input into the Parquet file `output`.

    The file appears when it is complete. Until then what is done lies in a folder beside it, whose
    name is the file's and `.part`; the same call goes on from there, by whatever engine. Called
    again after the end, it only counts.

    Args:
        path: the input; see `open_source`.
        output: the catalogue; its rows are those of `row_schema`, in the order of the input.
        model: the model's file.
        engine: what does the work.
        column: of Parquet files, the one with the pictures.
        tell: hears how far it is.
        chunk: pictures that are done together; what a kill may cost, for each process.

    Raises:
        FileError: something cannot be read or written, or another process makes this catalogue.
        DataError: the input holds no pictures, or is not sound; or something else is at `output`.
        SettingError: the catalogue is there, or begun, with another model or input; or it would lie
            among the tables that are the input.
        EngineError: processes cannot be started, or keep ending.
    """
    output = Path(os.path.abspath(output))
    source = open_source(path, column)
    if source.column and path.is_dir() and source.root in output.parents:
        raise SettingError(f"{output} would be one of the tables in {path}; choose another folder")
    content = read_bounded(model, _LARGEST_MODEL)
    about = about_job(source, load(model), content, chunk)
    folder = part_folder(output)
    if not _is_complete(output, about) or folder.exists():
        with locked(folder):
            if not _is_complete(output, about):  # by a process that had the lock meanwhile
                job = open_job(folder, about, source, content)
                _do(job, source, output, engine, tell)
            remove_job(folder)
    return count(output)


def _is_complete(output: Path, about: dict[str, Any]) -> bool:
    """Return whether the catalogue is there.

    Raises:
        DataError: something else is.
        SettingError: it is there, but made of something else or by another model.
    """
    if not output.exists():
        return False
    check_same(about, read_about(output), output, "choose another name, or remove it")
    return True


def _do(
    job: Job, source: Source, output: Path, engine: Engine, tell: Callable[[Progress], None]
) -> None:
    parts = Parts(job.parts)
    parts.look()
    missing = sum(chunk.n for chunk in job.missing(parts))
    before = done = job.n_pictures - missing

    def advance(n: int) -> None:
        nonlocal done
        done += n
        tell(Progress(done, job.n_pictures, before))

    advance(0)
    engine.run(job.work(source), job.missing(parts), advance)
    parts.look()
    if missing := sum(1 for _ in job.missing(parts)):
        raise EngineError(
            f"{engine.name} ended, and {missing} of {job.n_chunks} pieces are not there; "
            "the same command goes on"
        )
    about = {key: value for key, value in job.about.items() if key not in ("chunks", "pictures")}
    assemble(output, parts, job.n_chunks, about, job.about["class_names"])
