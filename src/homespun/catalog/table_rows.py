"""Rows of Parquet files read forward, a few at a time, however large a row group is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow.parquet as pq

_AT_ONCE = 16
"""Rows in memory: pictures may be large."""
_BUFFER = 2**20
"""Bytes of a column read at a time; else all of a row group's would be."""


class TableRows:
    """The values of one column, from where they were left the last time if that is on the way."""

    def __init__(self, column: str) -> None:
        self._column = column
        self._place: tuple[str, int] | None = None
        self._at = 0
        self._values: Iterator[Any] = iter(())

    def read(self, file: str, group: int, start: int, n: int) -> Iterator[Any]:
        """Yield the values of the rows from `start` on; what lies before them is passed over.

        Raises:
            OSError, pyarrow.ArrowException: the file cannot be read, or is not sound.
        """
        if self._place != (file, group) or start < self._at:
            self._values, self._at = self._open(file, group), 0
        self._place = None  # until this has come to its end
        yield from islice(self._values, start - self._at, start - self._at + n)
        self._place, self._at = (file, group), start + n

    def _open(self, file: str, group: int) -> Iterator[Any]:
        with pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False) as table:
            batches = table.iter_batches(
                _AT_ONCE, row_groups=[group], columns=[self._column], use_threads=False
            )
            for batch in batches:
                yield from batch.column(0).to_pylist()
