"""Rows of a Parquet file, by pyarrow where it is installed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from homespun.errors import DataError, MissingExtraError

_BATCH = 10_000


def parquet_rows(
    path: Path, content: bytes, most_bytes: int, most_rows: int
) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a Parquet file, given by its bytes.

    Raises:
        DataError: it is no sound Parquet file, or unpacks to more bytes or rows than allowed.
        MissingExtraError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # optional
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("pyarrow", "parquet", f"reading {path.name}") from error
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        n_bytes = sum(group.total_byte_size for group in groups)
        if n_bytes > most_bytes or file.metadata.num_rows > most_rows:
            raise DataError(
                path, f"unpacks to more than {most_bytes:,} bytes or {most_rows:,} rows"
            )
        for batch in file.iter_batches(_BATCH):
            yield from batch.to_pylist()
    except (pa.ArrowException, OSError, UnicodeError) as error:
        reason = " ".join(str(error).split())
        raise DataError(path, f"is no sound Parquet file ({reason})") from error
