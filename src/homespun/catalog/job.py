"""A catalogue that is being made: the folder beside it which holds all that there is so far."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homespun.catalog.chunk import Chunk, numbered, read_chunks, write_chunks
from homespun.catalog.parts import Parts
from homespun.catalog.source import Source
from homespun.catalog.work import Work
from homespun.errors import DataError, FileError, SettingError
from homespun.files import Lock, make_folder, parse_json, read_bounded, write_durably
from homespun.models import Model

FORMAT = 1
_MOST_BYTES = 2**20


@dataclass(frozen=True)
class Job:
    """What is to be done, fixed when it was begun: pictures by name, model, size of chunks.

    Attributes:
        folder: where it lies, beside the catalogue.
        about: what makes it this job and no other; plain JSON values.
        n_pictures: how many rows there will be.
        n_chunks: in how many chunks.
    """

    folder: Path
    about: Mapping[str, Any]
    n_pictures: int
    n_chunks: int

    @property
    def parts(self) -> Path:
        """The folder of rows that are there."""
        return self.folder / "parts"

    def work(self, source: Source) -> Work:
        """Return what its processes need to know."""
        return Work(_model(self.folder), self.parts, source.root, source.column)

    def chunks(self) -> Iterator[Chunk]:
        """Yield all its chunks."""
        return read_chunks(_list(self.folder))

    def missing(self, parts: Parts) -> Iterator[Chunk]:
        """Yield the chunks that are not done yet."""
        return (chunk for chunk in self.chunks() if chunk.number not in parts)


def part_folder(output: Path) -> Path:
    """Return the folder that stands beside a catalogue as long as it is not complete."""
    return output.parent / f"{output.name}.part"


def about_job(source: Source, model: Model, content: bytes, size: int) -> dict[str, Any]:
    """Return what makes a job this one: plain JSON values, the same on each machine.

    Args:
        source: the input.
        model: what answers.
        content: the model's file, whose hash covers what trust needs, too.
        size: pictures a chunk.
    """
    return {
        "format": FORMAT,
        "input": dict(source.describe()),
        "model": hashlib.sha256(content).hexdigest(),
        "weight_hash": model.parameters.weight_hash(),
        "class_names": list(model.class_names),
        "chunk": size,
    }


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have the folder of a job to oneself; it is made where it is missing.

    Raises:
        FileError: another process works on it, or it cannot be written.
    """
    make_folder(folder)
    with Lock(folder / "lock"):
        yield


def open_job(folder: Path, about: dict[str, Any], source: Source, model: bytes) -> Job:
    """Return the job in the folder, which is begun where there is none yet.

    Raises:
        FileError: the input cannot be read, or the folder cannot be written.
        SettingError: it was begun with another model or input.
        DataError: it is no folder of such a job, or the input holds no pictures.
    """
    if not _record(folder).exists():
        try:
            _begin(folder, about, source, model)
        except BaseException:
            remove_job(folder)
            raise
    return _read(folder, about)


def remove_job(folder: Path) -> None:
    """Remove what was needed while the catalogue was not complete."""
    shutil.rmtree(folder, ignore_errors=True)


def check_same(about: Mapping[str, Any], then: Mapping[str, Any], where: Path, advice: str) -> None:
    """Compare what is asked for with what was begun.

    Raises:
        SettingError: they differ; the message says in what.
    """
    for key, what in {
        "model": "another model",
        "input": "another input",
        "chunk": "chunks of another size",
        "format": "another version of homespun",
    }.items():
        if about.get(key) != then.get(key):
            was, now = then.get(key), about.get(key)
            if key == "model":
                was, now = _short(then.get("weight_hash")), _short(about.get("weight_hash"))
            if isinstance(was, Mapping) and isinstance(now, Mapping):
                differing = next(k for k in (*was, *now) if was.get(k) != now.get(k))
                what = f"another input ({differing})"
                was, now = was.get(differing), now.get(differing)
            raise SettingError(f"{where}: was made with {what}: {was}, and not {now}; {advice}")


def _begin(folder: Path, about: dict[str, Any], source: Source, model: bytes) -> None:
    """Write down what is to be done. The record comes last: without it nothing was begun."""
    make_folder(folder / "parts")
    write_durably(_model(folder), model)
    n_chunks, n = write_chunks(_list(folder), numbered(source.chunks(about["chunk"])))
    if n == 0:
        raise DataError(about["input"]["path"], "holds no pictures")
    record = {**about, "chunks": n_chunks, "pictures": n}
    write_durably(_record(folder), json.dumps(record, indent=2).encode())


def _read(folder: Path, about: Mapping[str, Any]) -> Job:
    path = _record(folder)
    try:
        record = parse_json(read_bounded(path, _MOST_BYTES))
        then = {key: record[key] for key in ("format", "input", "model", "weight_hash", "chunk")}
        n_pictures, n_chunks = int(record["pictures"]), int(record["chunks"])
    except FileError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(path, f"is not what it was ({error}); remove {folder}") from error
    advice = f"remove {folder} to begin anew, or go on as it was begun"
    check_same(about, then, folder, advice)
    return Job(folder, record, n_pictures, n_chunks)


def _record(folder: Path) -> Path:
    return folder / "job.json"


def _list(folder: Path) -> Path:
    return folder / "pictures.parquet"


def _model(folder: Path) -> Path:
    return folder / "model.safetensors"


def _short(digest: Any) -> str:
    return str(digest)[:12]
