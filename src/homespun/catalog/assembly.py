"""From parts to the catalogue: one durable file, and what is in it in a few numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from homespun.catalog.parts import WRITING, Parts
from homespun.catalog.rows import row_schema
from homespun.errors import DataError
from homespun.files import durable_file

_GROUP = 16_384
"""Rows a row group: few enough to hold, enough to be read quickly."""
_KEY = b"homespun"


@dataclass(frozen=True)
class Counts:
    """What a complete catalogue holds.

    Attributes:
        rows: pictures.
        errors: those without an answer.
        labels: pictures of each class, by name.
        trust: answers by how far they can be trusted.
    """

    rows: int
    errors: int
    labels: Mapping[str, int]
    trust: Mapping[str, int]


def assemble(
    output: Path, parts: Parts, n_chunks: int, about: Mapping[str, Any], class_names: Sequence[str]
) -> None:
    """Write the catalogue, rows in the order of their ids, or leave its place as it was.

    The same rows give the same bytes, however they were made.

    Raises:
        FileError: a part is damaged, or the catalogue cannot be written.
    """
    told = {_KEY: json.dumps(about, sort_keys=True).encode()}
    schema = row_schema(class_names).with_metadata(told)
    with durable_file(output) as file, pq.ParquetWriter(file, schema, **WRITING) as writer:
        for rows in _groups(parts, n_chunks):
            writer.write_table(rows.cast(schema), row_group_size=_GROUP)


def read_about(output: Path) -> Mapping[str, Any]:
    """Return what a catalogue says of how it was made.

    Raises:
        DataError: it is no catalogue.
    """
    try:
        about = json.loads((pq.read_schema(output).metadata or {})[_KEY])
    except (pa.ArrowException, KeyError, OSError, ValueError) as error:
        raise DataError(output, "is there and no catalogue; choose another name") from error
    return dict(about)


def count(output: Path) -> Counts:
    """Count what is in a catalogue, a row group at a time."""
    labels: Counter[str] = Counter()
    trust: Counter[str] = Counter()
    rows = errors = 0
    with pq.ParquetFile(output) as file:
        for batch in file.iter_batches(_GROUP, columns=["label", "trust"], use_threads=False):
            rows += batch.num_rows
            errors += batch.column("label").null_count
            labels.update(batch.column("label").drop_null().to_pylist())
            trust.update(batch.column("trust").drop_null().to_pylist())
    return Counts(rows, errors, dict(sorted(labels.items())), dict(sorted(trust.items())))


def _groups(parts: Parts, n_chunks: int) -> Iterator[pa.Table]:
    """Yield the rows of all chunks, as many together as make a row group."""
    waiting: list[pa.Table] = []
    for number in range(n_chunks):
        waiting.append(parts.read(number))
        if sum(map(len, waiting)) >= _GROUP:
            rows = pa.concat_tables(waiting)
            yield rows.slice(0, _GROUP)
            waiting = [rows.slice(_GROUP)]
    rows = pa.concat_tables(waiting)
    if len(rows):
        yield rows
