from __future__ import annotations

import sys
from pathlib import Path

import pytest

from homespun.data.folder import metadata
from homespun.data.folder.metadata import read_metadata
from homespun.errors import DataError, MissingExtraError

ROWS = [{"file_name": "a.jpg", "label": 3}, {"file_name": "b.jpg", "label": 4}]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "metadata.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


def test_rows_of_pyarrow_are_read(table: Path) -> None:
    assert [entry[:2] for entry in read_metadata(table)] == [("a.jpg", "3"), ("b.jpg", "4")]


def test_a_damaged_file_is_one_line(table: Path) -> None:
    content = table.read_bytes()
    for damaged in (b"", b"PAR1", content[:-9], content[:40] + bytes(40) + content[80:]):
        table.write_bytes(damaged)
        with pytest.raises(DataError) as refused:
            read_metadata(table)
        assert "\n" not in str(refused.value)


def test_what_unpacks_to_too_much_is_refused(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "MOST_ROWS", 1)
    with pytest.raises(DataError, match="unpacks to more"):
        read_metadata(table)


def test_without_pyarrow_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "metadata.parquet").write_bytes(b"PAR1")
    with pytest.raises(MissingExtraError, match=r"pip install 'homespun\[parquet\]'"):
        read_metadata(tmp_path / "metadata.parquet")
