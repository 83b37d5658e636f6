"""What a row of a catalogue holds, and how it stands in a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

CHUNK, CHUNK_ROWS = "chunk", "chunk_rows"
"""Columns that parts have besides: which chunk a row is of, and how many rows that has."""

_OF_PARTS = [pa.field(CHUNK, pa.int64(), False), pa.field(CHUNK_ROWS, pa.int32(), False)]


def row_schema(class_names: Sequence[str]) -> pa.Schema:
    """Return the columns of a catalogue.

    `id`, from 0 in the order of the input; `path` as the input names it, null where it has none;
    `label`, `probability`, `probabilities` (a field for each class) and `trust` as `homespun
    predict` has them; `error`, why there is no answer. Probabilities are float32, as the model
    computes them. A row has either an answer or an error.
    """
    each = pa.struct([pa.field(name, pa.float32()) for name in dict.fromkeys(class_names)])
    return pa.schema(
        [
            pa.field("id", pa.int64(), False),
            pa.field("path", pa.string()),
            pa.field("label", pa.string()),
            pa.field("probability", pa.float32()),
            pa.field("probabilities", each),
            pa.field("trust", pa.string()),
            pa.field("error", pa.string()),
        ]
    )


def part_schema(class_names: Sequence[str]) -> pa.Schema:
    """Return the columns of a part of a catalogue."""
    return pa.schema([*_OF_PARTS, *row_schema(class_names)])


def part_table(
    number: int, rows: Sequence[Mapping[str, Any]], class_names: Sequence[str]
) -> pa.Table:
    """Return the rows of one chunk as they stand in a part; what a row lacks is null."""
    own = {CHUNK: number, CHUNK_ROWS: len(rows)}
    return pa.Table.from_pylist([{**own, **row} for row in rows], part_schema(class_names))
