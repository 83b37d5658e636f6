from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from homespun.catalog import assembly
from homespun.catalog.assembly import Counts, assemble, count, read_about
from homespun.catalog.parts import Parts
from homespun.catalog.rows import part_table
from homespun.errors import DataError, FileError

NAMES = ("hat", "Röcke & Hosen")
ABOUT = {"model": "abc", "class_names": list(NAMES)}


def parts_of(folder: Path, sizes: Sequence[int]) -> Parts:
    folder.mkdir()
    parts, first = Parts(folder), 0
    for number, n in enumerate(sizes):
        rows = [
            {
                "id": i,
                "label": NAMES[i % 2],
                "probability": 0.75,
                "probabilities": {NAMES[i % 2]: 0.75, NAMES[1 - i % 2]: 0.25},
                "trust": "yes",
            }
            if i % 3
            else {"id": i, "error": "cannot be read"}
            for i in range(first, first + n)
        ]
        parts.write(number, part_table(number, rows, NAMES))
        first += n
    parts.look()
    return parts


def test_rows_come_in_order_and_row_groups_are_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "_GROUP", 4)
    parts = parts_of(tmp_path / "parts", [3, 3, 1, 3])
    assemble(tmp_path / "c.parquet", parts, 4, ABOUT, NAMES)
    file = pq.ParquetFile(tmp_path / "c.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [4, 4, 2]
    assert file.read()["id"].to_pylist() == list(range(10))
    assert read_about(tmp_path / "c.parquet") == ABOUT
    # 0, 3, 6 and 9 are errors; of 1, 2, 4, 5, 7, 8 the even ones are hats
    assert count(tmp_path / "c.parquet") == Counts(
        10, 4, {"Röcke & Hosen": 3, "hat": 3}, {"yes": 6}
    )


def test_the_same_rows_give_the_same_bytes_whatever_parts_they_lay_in(tmp_path: Path) -> None:
    for name, sizes in (("one", [9]), ("many", [2, 5, 2])):
        parts = parts_of(tmp_path / name, sizes)
        assemble(tmp_path / f"{name}.parquet", parts, len(sizes), ABOUT, NAMES)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "many.parquet").read_bytes()


def test_where_a_part_is_damaged_no_catalogue_appears(tmp_path: Path) -> None:
    parts = parts_of(tmp_path / "parts", [3, 3])
    (tmp_path / "parts" / "0000000001.parquet").write_bytes(b"PAR1")
    with pytest.raises(FileError):
        assemble(tmp_path / "c.parquet", parts, 2, ABOUT, NAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["parts"]


def test_what_is_no_catalogue_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "c.parquet").write_text("words")
    with pytest.raises(DataError, match="is there and no catalogue"):
        read_about(tmp_path / "c.parquet")
