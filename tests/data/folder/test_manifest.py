from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.data.folder.manifest import SPLITS, Manifest, Row, read_manifest
from homespun.errors import DataError, FileError

SHA = hashlib.sha256(b"a picture").hexdigest()
HEAD = "path,sha256,split\n"

places = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\/:\0"),
                 min_size=1, max_size=12).filter(lambda name: name.strip(".") != "")  # fmt: skip


@given(st.dictionaries(places, st.sampled_from(SPLITS), max_size=6))
def test_a_manifest_comes_back(
    tmp_path_factory: pytest.TempPathFactory, parts: dict[str, str]
) -> None:
    rows = tuple(Row(place, SHA, split) for place, split in sorted(parts.items()))
    path = tmp_path_factory.mktemp("manifest") / "manifest.csv"
    manifest = Manifest(rows)
    manifest.write(path)
    assert read_manifest(path) == manifest
    assert manifest.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()
    with open(path, newline="", encoding="utf-8") as file:
        assert [tuple(cells) for cells in csv.reader(file)][1:] == list(rows)


def test_parts_are_counted() -> None:
    rows = [Row(f"{i}.jpg", SHA, split) for i, split in enumerate(("train", "train", "test"))]
    assert Manifest(tuple(rows)).counts() == {
        "train": 2, "validation": 0, "test": 1, "left out": 0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "line 1 must be path,sha256,split"),
        ("path,split,sha256\n", "line 1 must be path,sha256,split"),
        (HEAD + f"a.jpg,{SHA}\n", "line 2: expected 3 cells, got 2"),
        (HEAD + f"a.jpg,{SHA.upper()},train\n", "line 2: .* is no SHA-256"),
        (HEAD + f"a.jpg,{SHA[:-1]},train\n", "is no SHA-256"),
        (HEAD + f"a.jpg,{SHA},Train\n", "split must be one of"),
        (HEAD + f"../a.jpg,{SHA},train\n", "leads out of the folder"),
        (HEAD + f"/a.jpg,{SHA},train\n", "must be a place within"),
        (HEAD + 2 * f"a.jpg,{SHA},train\n", "line 3: names a picture a second time"),
        (HEAD + f'"a.jpg,{SHA},train\n', "is no CSV"),
        (b"path,sha256,split\n\xff", "byte 18: is not UTF-8"),
    ],
)
def test_an_odd_manifest_is_refused(tmp_path: Path, content: str | bytes, problem: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=problem):
        read_manifest(path)


def test_a_missing_manifest_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_manifest(tmp_path / "manifest.csv")
