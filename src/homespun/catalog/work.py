"""The work itself, the same in every process of every engine: from a chunk to its rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from homespun.catalog.chunk import Chunk
from homespun.catalog.classifier import Classifier
from homespun.catalog.rows import part_table
from homespun.catalog.shown import shown
from homespun.catalog.table_rows import TableRows
from homespun.storage import load

_EMPTY = "is empty: neither bytes nor a path"


@dataclass(frozen=True)
class Work:
    """What a process must know besides its chunks; small, and sent to each.

    Attributes:
        model: the model's file.
        parts: the folder that rows go to.
        root: what paths are relative to.
        column: the column of pictures; "" where they are files.
    """

    model: Path
    parts: Path
    root: Path
    column: str


class Worker:
    """One process's hands: a model, and a place in the tables; used in a `with` block."""

    def __init__(self, work: Work) -> None:
        self._root = os.fsencode(work.root)
        self._classifier = Classifier(load(work.model))
        self._tables = TableRows(work.column)

    def __enter__(self) -> Worker:
        self._classifier.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._classifier.__exit__(kind, error, traceback)

    def answer(
        self,
        chunk: Chunk,
        begins: Callable[[int], object] = lambda i: None,
        refused: Mapping[int, str] | None = None,
    ) -> pa.Table:
        """Return the rows of a chunk, a row a picture.

        Args:
            chunk: the pictures.
            begins: called with the place of each picture in the chunk before it is opened.
            refused: pictures by their places that must not be opened, and why.
        """
        rows = []
        for i, (path, source) in enumerate(self._sources(chunk)):
            begins(i)
            reason = (refused or {}).get(i) or (source if isinstance(source, str) else None)
            found = {"error": reason} if isinstance(source, str) or reason else self._row(source)
            rows.append({"id": chunk.first + i, "path": path, **found})
        return part_table(chunk.number, rows, self._classifier.model.class_names)

    def _row(self, source: bytes | Path) -> dict[str, Any]:
        return self._classifier.row(source)

    def _sources(self, chunk: Chunk) -> Iterator[tuple[str | None, bytes | Path | str]]:
        """Yield each picture's path and what to open, or in text why there is nothing to open."""
        if not chunk.file:
            for path in chunk.paths:
                yield shown(path), self._place(path)
            return
        n = 0
        try:
            for value in self._tables.read(chunk.file, chunk.group, chunk.start, chunk.n):
                n += 1
                yield self._of_cell(value)
        except (pa.ArrowException, OSError) as error:
            reason = f"its table cannot be read ({' '.join(str(error).split())})"
            for _ in range(n, chunk.n):
                yield None, reason

    def _of_cell(self, value: Any) -> tuple[str | None, bytes | Path | str]:
        cell = value if isinstance(value, dict) else {}
        content = value if isinstance(value, bytes) else cell.get("bytes")
        path = value if isinstance(value, str) else cell.get("path")
        if isinstance(content, bytes):
            return path, content
        return (path, self._place(os.fsencode(path))) if path else (path, _EMPTY)

    def _place(self, path: bytes) -> Path:
        return Path(os.fsdecode(os.path.join(self._root, path)))
