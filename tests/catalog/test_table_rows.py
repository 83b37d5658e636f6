from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from homespun.catalog.table_rows import TableRows

Read = Callable[..., list[int]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Notes each time that a file is opened."""
    noted: list[object] = []
    real = TableRows._open

    def note(self: TableRows, *place: Any) -> Any:
        noted.append(place)
        return real(self, *place)

    monkeypatch.setattr(TableRows, "_open", note)
    return noted


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """(group, start, n) -> the numbers in the rows, of 100 in groups of 50, with others beside."""
    path = tmp_path / "t.parquet"
    table = pa.table({"other": range(100, 200), "n": range(100)})
    pq.write_table(table, path, row_group_size=50)
    rows = TableRows("n")
    return lambda group, start, n: list(rows.read(str(path), group, start, n))


def test_rows_are_read_from_any_place(read: Read) -> None:
    for group, start, n in ((0, 0, 3), (0, 10, 25), (1, 40, 10), (1, 0, 50), (0, 49, 1)):
        assert read(group, start, n) == list(range(50 * group + start, 50 * group + start + n))


def test_going_forward_opens_nothing_anew(read: Read, opened: list[object]) -> None:
    for start in (0, 3, 30, 40):
        read(1, start, 3)
    assert len(opened) == 1
    read(1, 2, 3)
    assert len(opened) == 2


def test_after_a_read_that_was_left_the_next_is_right(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": range(9)}), path)
    rows = TableRows("n")
    assert list(rows.read(str(path), 0, 0, 2)) == [0, 1]
    for value in rows.read(str(path), 0, 2, 4):
        if value == 3:
            break
    assert list(rows.read(str(path), 0, 6, 2)) == [6, 7]


def test_structs_keep_their_parts(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    cells = [{"bytes": b"a", "path": None}, None, {"bytes": None, "path": "p"}]
    pq.write_table(pa.table({"image": cells}), path)
    assert list(TableRows("image").read(str(path), 0, 0, 3)) == cells
