from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from homespun.catalog.parts import WRITING, Parts
from homespun.catalog.rows import part_table
from homespun.errors import FileError

NAMES = ("a", "b")


def chunk(number: int, n: int) -> pa.Table:
    rows = [{"id": 10 * number + i, "error": f"error {number} {i}"} for i in range(n)]
    return part_table(number, rows, NAMES)


def looked_at(folder: Path) -> Parts:
    parts = Parts(folder)
    parts.look()
    return parts


def ids(parts: Parts, number: int) -> list[int]:
    return parts.read(number)["id"].to_pylist()


def test_a_chunk_is_read_as_it_was_written(tmp_path: Path) -> None:
    Parts(tmp_path).write(7, chunk(7, 3))
    parts = looked_at(tmp_path)
    assert (7 in parts, 6 in parts, len(parts)) == (True, False, 1)
    assert parts.read(7).column_names == [
        "id", "path", "label", "probability", "probabilities", "trust", "error"
    ]  # fmt: skip
    assert parts.read(7).to_pylist()[2] == {
        "id": 72, "path": None, "label": None, "probability": None, "probabilities": None,
        "trust": None, "error": "error 7 2",
    }  # fmt: skip


def test_a_part_may_hold_several_chunks_and_a_chunk_may_stand_in_several_parts(
    tmp_path: Path,
) -> None:
    mixed = pa.concat_tables([chunk(1, 2), chunk(0, 3)])
    pq.write_table(mixed.take([4, 0, 2, 3, 1]), tmp_path / "by ray.parquet", **WRITING)
    Parts(tmp_path).write(1, chunk(1, 2))
    Parts(tmp_path).write(2, chunk(2, 1))
    pq.write_table(chunk(2, 1), tmp_path / "once more.parquet", **WRITING)
    parts = looked_at(tmp_path)
    assert len(parts) == 3
    assert not (tmp_path / "once more.parquet").exists()
    assert sorted(ids(parts, 0)) == [0, 1, 2]
    assert sorted(ids(parts, 1)) == [10, 11]
    assert ids(parts, 2) == [20]


def test_what_is_not_whole_does_not_count_and_is_removed(tmp_path: Path) -> None:
    pq.write_table(chunk(0, 3).slice(1), tmp_path / "short.parquet")
    pq.write_table(pa.concat_tables([chunk(1, 3)] * 2), tmp_path / "double.parquet")
    pq.write_table(chunk(2, 3), tmp_path / "cut.parquet")
    content = (tmp_path / "cut.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[:-20])
    (tmp_path / ".0000000003.parquet.0123abcd.part").write_bytes(content)
    pq.write_table(pa.table({"other": [1]}), tmp_path / "other.parquet")
    (tmp_path / "words").write_text("words")
    assert len(looked_at(tmp_path)) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_damaged_is_removed_and_said(tmp_path: Path) -> None:
    Parts(tmp_path).write(0, chunk(0, 2000))
    parts = looked_at(tmp_path)
    path = tmp_path / "0000000000.parquet"
    content = bytearray(path.read_bytes())
    place = len(content) // 3
    content[place : place + 40] = bytes(40)
    path.write_bytes(content)
    with pytest.raises(FileError, match="the same command makes it again"):
        parts.read(0)
    assert not path.exists()
