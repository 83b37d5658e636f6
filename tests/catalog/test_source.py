from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from homespun.catalog.path_list import PathList
from homespun.catalog.source import open_source
from homespun.catalog.tables import Tables
from homespun.catalog.tree import Tree
from homespun.errors import FileError, SettingError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "train-0.parquet"
    path.parent.mkdir()
    pq.write_table(pa.table({"image": [b"a"], "other": [b"b"]}), path)
    return path


def test_each_kind_of_input_is_known_by_what_it_is(table: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("a.jpg\n")
    (tmp_path / "data" / ".hidden.parquet").write_text("left over")
    renamed = tmp_path / "data.bin"
    renamed.write_bytes(table.read_bytes())
    for path, kind in (
        (table, Tables),
        (renamed, Tables),
        (tmp_path / "data", Tables),
        (tmp_path / "list", PathList),
    ):
        assert type(open_source(path)) is kind
    (tmp_path / "data" / "picture.jpg").write_bytes(b"x")
    assert type(open_source(tmp_path / "data")) is Tree  # its tables tell of the pictures


def test_a_column_may_be_named_where_there_are_columns(table: Path, tmp_path: Path) -> None:
    assert open_source(table, "other").column == "other"
    (tmp_path / "list").write_text("a.jpg\n")
    with pytest.raises(SettingError, match="is no Parquet file"):
        open_source(tmp_path / "list", "other")


def test_what_is_not_there_or_no_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is not there; name a folder"):
        open_source(tmp_path / "gone")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(FileError, match="is no file and no folder"):
            open_source(tmp_path / "pipe")


def test_an_input_is_the_same_from_wherever_it_is_named(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_source(Path("data/../data")).describe() == open_source(table.parent).describe()
