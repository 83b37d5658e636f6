from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.data.folder.metadata import read_metadata
from homespun.errors import DataError, FileError

HEAD = "file_name,label\n"


def read(folder: Path, content: str | bytes, name: str = "metadata.csv") -> list[tuple[str, str]]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [entry[:2] for entry in read_metadata(path)]


def test_rows_become_entries_in_order(tmp_path: Path) -> None:
    content = HEAD + 'b.jpg,hat\n\n"a, ""b"".jpg",Röcke\n'
    assert read(tmp_path, content) == [('a, "b".jpg', "Röcke"), ("b.jpg", "hat")]
    assert read(tmp_path, "\ufeff" + HEAD.replace("\n", "\r\n") + "b.jpg,hat\r\n") == [
        ("b.jpg", "hat")
    ]


@pytest.mark.parametrize("column", ["label", "labels", "class", "class_name", "category", "fabric"])
def test_the_label_has_one_of_several_names(tmp_path: Path, column: str) -> None:
    assert read(tmp_path, f"file_name,{column}\na.jpg,hat\n") == [("a.jpg", "hat")]


def test_a_named_column_is_taken(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,label,colour\na.jpg,hat,red\n")
    assert read_metadata(tmp_path / "metadata.csv", "colour")[0].label == "red"


def test_a_column_may_tell_the_part(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("split,file_name,label\nVal,test/a.jpg,hat\n")
    assert read_metadata(tmp_path / "metadata.csv")[0].part == "validation"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "names no picture"),
        (HEAD, "names no picture"),
        ("label\nhat\n", "no column file_name"),
        ("file_name;label\na.jpg;hat\n", "no column file_name"),
        ("file_name,x,y\na.jpg,1,2\n", "no column label"),
        ("file_name,label,label\na.jpg,1,2\n", "names a column twice"),
        (HEAD + "a.jpg,hat\na.jpg,hat\n", "row 2: names 'a.jpg' a second time"),
        (HEAD + "a.jpg\n", "line 2 has 1 cells, the first line 2"),
        (HEAD + "a.jpg,hat,red\n", "line 2 has 3 cells"),
        (HEAD + "a.jpg, \n", "row 1: label must be a name"),
        (HEAD + '"a.jpg",h"at"\n"', "is no CSV"),
        (HEAD + "../a.jpg,hat\n", "'../a.jpg' leads out of the folder"),
        (HEAD + "x/../../a.jpg,hat\n", "leads out of the folder"),
        (HEAD + "/etc/passwd,hat\n", "must be a place within the folder"),
        (HEAD + "C:\\a.jpg,hat\n", "must be a place within the folder"),
        (HEAD + f"{'a' * 1001},hat\n", "more than 1000 letters"),
        (HEAD + "a.jpg,h\x1bat\n", "printable"),
        ("file_name,label,split\na.jpg,hat,all\n", "split must be train, validation or test"),
        (b"file_name,label\n\xff.jpg,hat\n", "byte 16: is not UTF-8"),
    ],
)
def test_odd_csv_is_refused_in_one_line(tmp_path: Path, content: str | bytes, problem: str) -> None:
    with pytest.raises(DataError) as refused:
        read(tmp_path, content)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("x", "line 1 is no JSON"),
        ("[]", "line 1: expected an object"),
        ('{"file_name": 3, "label": 1}', "file_name is missing or no text"),
        ('{"file_name": "a", "label": null}', "label must be one class"),
        ('{"file_name": "a", "label": true}', "label must be one class"),
        ('{"file_name": "a", "label": [1, 2]}', "label must be one class"),
        ('{"file_name": "a", "label": 1.5}', "label must be one class"),
        ('{"file_name": "a", "file_name": "b", "label": 1}', "a name stands twice"),
        ('{"file_name": "a", "label": 1}\n{"label": 1}', "row 2: file_name is missing"),
        ('{"file_name": "a", "label": 1}\n{"file_name": "b"}', "row 2: label must be one class"),
    ],
)
def test_odd_json_lines_are_refused_in_one_line(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(DataError) as refused:
        read(tmp_path, line, "metadata.jsonl")
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_metadata(tmp_path / "metadata.csv")


names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\/:\0"),
                min_size=1, max_size=8).filter(lambda name: name.strip(".") != "")  # fmt: skip
labels = st.text(st.sampled_from("abcÄ ,\"'"), min_size=1).map(lambda t: f"x{t}x")


@given(st.dictionaries(names, labels, min_size=1, max_size=5))
def test_what_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("file_name", "label"), *rows.items()])
    assert dict(read(folder, out.getvalue())) == rows
    lines = "\n".join(json.dumps({"file_name": n, "label": v}) for n, v in rows.items())
    assert dict(read(folder, lines, "metadata.jsonl")) == rows
