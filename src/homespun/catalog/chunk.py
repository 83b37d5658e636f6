"""A piece of work: some pictures in a row, named and not opened, the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from homespun.errors import FileError
from homespun.files import durable_file

SIZE = 64
"""Pictures a chunk: some seconds of work, which is what a kill may cost."""

_CHUNKS_AT_ONCE = 64

SCHEMA = pa.schema(
    [
        ("number", pa.int64()),
        ("first", pa.int64()),
        ("n", pa.int32()),
        ("paths", pa.list_(pa.binary())),
        ("file", pa.string()),
        ("group", pa.int32()),
        ("start", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Chunk:
    """Pictures that are answered and written together.

    Attributes:
        number: its place in the catalogue, from 0.
        first: the id of its first picture.
        n: how many pictures it has.
        paths: their files as the input names them; none where they are rows of a table.
        file: the Parquet file that holds the rows.
        group: the row group in it.
        start: the first row in that group.
    """

    number: int
    first: int
    n: int
    paths: tuple[bytes, ...] = ()
    file: str = ""
    group: int = 0
    start: int = 0


def numbered(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks with their places and ids, in their order."""
    first = 0
    for number, chunk in enumerate(chunks):
        yield replace(chunk, number=number, first=first)
        first += chunk.n


def write_chunks(path: Path, chunks: Iterable[Chunk]) -> tuple[int, int]:
    """Write a list of chunks durably; return how many chunks and pictures there are.

    Raises:
        FileError: it cannot be written.
    """
    n_chunks = n_pictures = 0
    waiting: list[Chunk] = []
    with durable_file(path) as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for chunk in chunks:
            waiting.append(chunk)
            n_chunks += 1
            n_pictures += chunk.n
            if len(waiting) == _CHUNKS_AT_ONCE:
                writer.write_table(_table(waiting))
                waiting = []
        if waiting:
            writer.write_table(_table(waiting))
    return n_chunks, n_pictures


def read_chunks(path: Path) -> Iterator[Chunk]:
    """Yield the chunks of a list, few in memory at a time.

    Raises:
        FileError: it cannot be read.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_CHUNKS_AT_ONCE, use_threads=False):
                yield from chunks_of(batch)
    except (pa.ArrowException, OSError) as error:
        raise FileError(path, f"cannot be read ({' '.join(str(error).split())})") from error


def chunks_of(table: pa.Table | pa.RecordBatch) -> list[Chunk]:
    """Return the chunks that stand in the rows."""
    return [Chunk(**row | {"paths": tuple(row["paths"])}) for row in table.to_pylist()]


def _table(chunks: list[Chunk]) -> pa.Table:
    return pa.Table.from_pylist([asdict(chunk) for chunk in chunks], SCHEMA)
