from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from homespun.catalog.chunk import Chunk
from homespun.catalog.work import Work, Worker

Answer = Callable[[bytes], dict[str, Any]]


@pytest.fixture
def place(tmp_path: Path, new_photo: Callable[[int], bytes]) -> Path:
    """A folder with one photo."""
    (tmp_path / "a.jpg").write_bytes(new_photo(0))
    return tmp_path


def rows_of(model_file: Path, root: Path, chunk: Chunk, column: str = "", **how: Any) -> list[Any]:
    with Worker(Work(model_file, root, root, column)) as worker:
        rows = worker.answer(chunk, **how).to_pylist()
    assert [row.pop("chunk_rows") for row in rows] == [chunk.n] * chunk.n
    assert {row.pop("chunk") for row in rows} == {chunk.number}
    assert [row.pop("id") for row in rows] == list(range(chunk.first, chunk.first + chunk.n))
    return rows


NOTHING = dict.fromkeys(("label", "probability", "probabilities", "trust"))


def test_paths_are_relative_to_the_root_and_shown_as_they_are(
    model_file: Path, place: Path, new_photo: Callable[[int], bytes], answer_of: Answer
) -> None:
    absolute = str(place / "a.jpg").encode()
    chunk = Chunk(3, 12, 3, (b"a.jpg", absolute, b"\xff.jpg"))
    answer = answer_of(new_photo(0)) | {"error": None}
    one, other, odd = rows_of(model_file, place, chunk)
    assert one == {"path": "a.jpg", **answer}
    assert other == {"path": absolute.decode(), **answer}
    assert odd == {"path": r"\xff.jpg", **NOTHING, "error": odd["error"]}
    assert "cannot be read" in odd["error"]


def test_cells_hold_bytes_or_a_path_or_both_or_neither(
    model_file: Path, place: Path, new_photo: Callable[[int], bytes], answer_of: Answer
) -> None:
    cells = [
        {"bytes": new_photo(1), "path": "gone.jpg"},
        {"bytes": None, "path": "a.jpg"},
        {"bytes": None, "path": None},
        None,
        {"bytes": b"", "path": None},
    ]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    pq.write_table(pa.table({"image": pa.array(cells, kind)}), place / "t.parquet")
    chunk = Chunk(0, 0, 5, file=str(place / "t.parquet"))
    both, path, neither, null, empty = rows_of(model_file, place, chunk, "image")
    assert both == {"path": "gone.jpg", **answer_of(new_photo(1)), "error": None}
    assert path == {"path": "a.jpg", **answer_of(new_photo(0)), "error": None}
    for row in (neither, null):
        assert row == {
            "path": None, **NOTHING, "error": "is empty: neither bytes nor a path"
        }  # fmt: skip
    assert empty["error"]


@pytest.mark.parametrize("column", ["payload", "file"])
def test_columns_of_bytes_and_of_paths(
    model_file: Path, place: Path, column: str, new_photo: Callable[[int], bytes], answer_of: Answer
) -> None:
    table = pa.table({"payload": [new_photo(2)], "file": ["a.jpg"]})
    pq.write_table(table, place / "t.parquet")
    (row,) = rows_of(model_file, place, Chunk(0, 0, 1, file=str(place / "t.parquet")), column)
    seed, path = {"payload": (2, None), "file": (0, "a.jpg")}[column]
    assert row == {"path": path, **answer_of(new_photo(seed)), "error": None}


def test_a_table_that_breaks_off_is_an_error_in_each_row_that_is_lost(
    model_file: Path, place: Path, new_photo: Callable[[int], bytes]
) -> None:
    path = place / "t.parquet"
    pq.write_table(pa.table({"payload": [new_photo(i) for i in range(40)]}), path)
    content = bytearray(path.read_bytes())
    content[40:4000] = bytes(3960)
    path.write_bytes(content)
    rows = rows_of(model_file, place, Chunk(0, 0, 40, file=str(path)), "payload")
    assert "its table cannot be read" in rows[-1]["error"]


def test_pictures_are_announced_and_refused_ones_never_opened(
    model_file: Path, place: Path
) -> None:
    announced: list[int] = []
    chunk = Chunk(0, 0, 3, (b"a.jpg",) * 3)
    rows = rows_of(
        model_file, place, chunk, begins=announced.append, refused={1: "it was not good"}
    )
    assert announced == [0, 1, 2]
    assert [row["error"] for row in rows] == [None, "it was not good", None]
    assert rows[1] == {"path": "a.jpg", **NOTHING, "error": "it was not good"}
