from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homespun.catalog import chunk as chunk_module
from homespun.catalog.chunk import Chunk, numbered, read_chunks, write_chunks
from homespun.errors import FileError


def test_chunks_get_their_places_and_ids() -> None:
    chunks = numbered([Chunk(0, 0, 3), Chunk(0, 0, 1), Chunk(0, 0, 2)])
    assert [(chunk.number, chunk.first) for chunk in chunks] == [(0, 0), (1, 3), (2, 4)]


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    chunks = [
        Chunk(0, 0, 2, (b"a b.jpg", b"\xff\x00.jpg")),
        Chunk(1, 2, 7, file="Röcke.parquet", group=3, start=2**40),
    ]
    assert write_chunks(tmp_path / "list", chunks) == (2, 9)
    assert list(read_chunks(tmp_path / "list")) == chunks


def test_few_chunks_are_in_memory_while_a_list_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = chunk_module._table

    def table(chunks: list[Chunk]) -> Any:
        written.append(len(chunks))
        return real(chunks)

    monkeypatch.setattr(chunk_module, "_table", table)

    def many() -> Iterator[Chunk]:
        for i in range(200):
            assert sum(written) >= i - 64
            yield Chunk(i, i, 1, (b"a",))

    assert write_chunks(tmp_path / "list", many()) == (200, 200)
    assert [chunk.number for chunk in read_chunks(tmp_path / "list")] == list(range(200))


def test_a_list_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"PAR1")
    for name in ("list", "gone"):
        with pytest.raises(FileError, match="cannot be read"):
            list(read_chunks(tmp_path / name))
