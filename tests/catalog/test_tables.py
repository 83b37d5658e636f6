from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from homespun.catalog.tables import Tables
from homespun.errors import DataError

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path, **options)
    return path


def column_of(path: Path, wanted: str | None = None) -> str:
    return Tables(path, [path], wanted).column


TEXT, BYTES = pa.array(["a"]), pa.array([b"a"])
STRUCT = pa.array([{"bytes": b"a", "path": "p"}], IMAGE)
SIZE = pa.array([{"height": 3}])


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"title": TEXT, "picture": STRUCT}, "picture"),
        ({"path": TEXT, "odd": STRUCT, "thumb": BYTES}, "odd"),
        ({"size": SIZE, "payload": BYTES, "path": TEXT}, "payload"),
        ({"thumb": BYTES, "image": BYTES}, "image"),
        ({"title": TEXT, "file_name": TEXT}, "file_name"),
        ({"path": TEXT, "image": TEXT}, "path"),
        ({"image": BYTES.cast(pa.large_binary())}, "image"),
        ({"path": TEXT.dictionary_encode()}, "path"),
    ],
)
def test_the_column_of_pictures_is_found(
    tmp_path: Path, columns: dict[str, Any], found: str
) -> None:
    assert column_of(write(tmp_path / "t.parquet", columns)) == found


@pytest.mark.parametrize(
    ("columns", "wanted", "problem"),
    [
        ({"title": TEXT, "size": SIZE}, None, "no column of pictures .columns: title, size."),
        ({"front": STRUCT, "back": STRUCT}, None, "several columns of pictures .front, back."),
        ({"front": STRUCT}, "side", "has no column side .columns: front."),
        ({"front": STRUCT, "n": pa.array([1])}, "n", "column n holds no bytes and no paths"),
    ],
)
def test_where_none_is_found_one_line_says_what_there_is(
    tmp_path: Path, columns: dict[str, Any], wanted: str | None, problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        column_of(write(tmp_path / "t.parquet", columns), wanted)


def test_any_column_may_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"front": STRUCT, "back": STRUCT, "title": TEXT})
    assert [column_of(path, name) for name in ("back", "title")] == ["back", "title"]


def test_each_file_must_have_the_column(tmp_path: Path) -> None:
    one = write(tmp_path / "1.parquet", {"image": STRUCT})
    two = write(tmp_path / "2.parquet", {"picture": STRUCT})
    with pytest.raises(DataError, match=r"2\.parquet: has no column image"):
        Tables(tmp_path, [one, two], None)


def test_what_is_no_parquet_is_one_line(tmp_path: Path) -> None:
    whole = write(tmp_path / "t.parquet", {"image": STRUCT}).read_bytes()
    for damaged in (b"", b"PAR1", whole[:-9], whole[:8] + b"\xff" * 60 + whole[-8:]):
        (tmp_path / "t.parquet").write_bytes(damaged)
        with pytest.raises(DataError, match="is no sound Parquet file") as refused:
            column_of(tmp_path / "t.parquet")
        assert "\n" not in str(refused.value)


def test_chunks_keep_within_row_groups(tmp_path: Path) -> None:
    files = [
        write(tmp_path / name, {"path": [str(i) for i in range(n)]}, row_group_size=5)
        for name, n in (("1.parquet", 7), ("2.parquet", 3))
    ]
    chunks = list(Tables(tmp_path, files, None).chunks(2))
    places = [(Path(chunk.file).name, chunk.group, chunk.start, chunk.n) for chunk in chunks]
    assert places == [
        ("1.parquet", 0, 0, 2),
        ("1.parquet", 0, 2, 2),
        ("1.parquet", 0, 4, 1),
        ("1.parquet", 1, 0, 2),
        ("2.parquet", 0, 0, 2),
        ("2.parquet", 0, 2, 1),
    ]


def test_other_pictures_are_another_input(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    told = []
    for content in (b"abcd", b"abcd", b"abce"):
        write(path, {"image": pa.array([content])})
        told.append(Tables(path, [path], None).describe())
    assert told[0] == told[1]
    assert told[0] != told[2]
