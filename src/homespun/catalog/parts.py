"""The rows that are there already: files of whole chunks, each kept once whoever wrote it twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from homespun.catalog.rows import CHUNK, CHUNK_ROWS
from homespun.errors import FileError
from homespun.files import durable_file, remove_parts

WRITING = {"compression": "zstd", "write_page_checksum": True}
"""How parts are written."""


class Parts:
    """A folder of parts.

    A part holds the rows of one chunk or of several. Work that was lost is done again, and so a
    chunk may stand in two parts, with the same rows; one of them counts. What a killed process
    left half written is no part.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[int, Path] = {}
        self._last: tuple[Path, pa.Table] | None = None

    def write(self, number: int, rows: pa.Table) -> None:
        """Write the rows of one chunk, durably.

        Raises:
            FileError: they cannot be written.
        """
        with durable_file(self._folder / f"{number:010}.parquet") as file:
            pq.write_table(rows, file, **WRITING)

    def look(self) -> None:
        """Find out which chunks are there, and remove what is no part. Nobody may be writing.

        Raises:
            FileError: the folder cannot be read.
        """
        self._found, self._last = {}, None
        remove_parts(self._folder)
        for path in sorted(self._folder.iterdir()):
            new = [number for number in _whole_chunks(path) if number not in self._found]
            self._found.update(dict.fromkeys(new, path))
            if not new:
                path.unlink()

    def __contains__(self, number: int) -> bool:
        return number in self._found

    def __len__(self) -> int:
        return len(self._found)

    def read(self, number: int) -> pa.Table:
        """Return the rows of one chunk, without what only parts have.

        Raises:
            FileError: the part is damaged; it is removed, so that it will be made again.
        """
        import pyarrow.compute as pc  # slow to import, and workers do without

        path = self._found[number]
        if self._last is None or self._last[0] != path:
            try:
                self._last = path, pq.read_table(path, page_checksum_verification=True)
            except (pa.ArrowException, OSError) as error:
                path.unlink(missing_ok=True)
                problem = "was damaged and is removed; the same command makes it again"
                raise FileError(path, problem) from error
        rows = self._last[1]
        return rows.filter(pc.equal(rows[CHUNK], number)).drop_columns([CHUNK, CHUNK_ROWS])


def _whole_chunks(path: Path) -> list[int]:
    """Return the chunks of which the file holds each row; none where it is no Parquet file."""
    try:
        rows = pq.read_table(path, columns=[CHUNK, CHUNK_ROWS], page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError):
        return []
    pairs = zip(rows[CHUNK].to_pylist(), rows[CHUNK_ROWS].to_pylist(), strict=True)
    return [number for (number, n), there in Counter(pairs).items() if n == there]
