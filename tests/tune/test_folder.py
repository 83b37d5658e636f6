from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from homespun.errors import FileError, ModelFileError
from homespun.tune.folder import StudyFolder, find_study, next_free_study
from homespun.tune.wanted import Wanted

WANTED = Wanted("fast", 2**64 - 1, None, 50, "/my pictures", None, {"lr": 0.1, "augment": False})


@pytest.fixture
def begun(folder: StudyFolder) -> StudyFolder:
    folder.path.mkdir()
    folder.write_record(WANTED, {"n_train": 3})
    return folder


def test_a_record_comes_back(begun: StudyFolder) -> None:
    record = begun.read_record()
    assert Wanted(**record["wanted"]) == WANTED
    assert record["data"] == {"n_train": 3}
    assert find_study(begun.path) == begun


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"wanted": None},
        {"wanted": {"seed": 1}},
        {"wanted": {"recipe": 3}},
        {"wanted": {"recipe": "fast", "seed": True}},
        {"wanted": {"recipe": "fast", "seed": None}},
        {"wanted": {"recipe": "fast", "epochs": 1.0}},
        {"wanted": {"recipe": "fast", "validation": "50"}},
        {"wanted": {"recipe": "fast", "folder": 3}},
        {"wanted": {"recipe": "fast", "image_size": []}},
        {"wanted": {"recipe": "fast", "changes": []}},
        {"wanted": {"recipe": "fast", "changes": {"lr": -1}}},
        {"wanted": {"recipe": "fast", "more": 1}},
        {"data": []},
    ],
    ids=repr,
)
def test_a_damaged_record_is_one_error(begun: StudyFolder, change: dict[str, Any]) -> None:
    record = json.loads(begun.record.read_text())
    begun.record.write_text(json.dumps(record | change))
    with pytest.raises(ModelFileError, match=r"study.json: is not a search's record"):
        begun.read_record()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": 1}'])
def test_what_is_no_record_is_one_error(begun: StudyFolder, content: str) -> None:
    begun.record.write_text(content)
    with pytest.raises(ModelFileError, match="is not a search's record"):
        begun.read_record()


def test_a_folder_without_a_record_is_no_search(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"is not a search's folder, it holds no study.json"):
        find_study(tmp_path)


def test_the_next_free_folder_is_the_smallest_number_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "tune-1").mkdir()
    (tmp_path / "tune-3").write_text("a file takes a name, too")
    assert next_free_study(tmp_path).path == tmp_path / "tune-2"


def test_one_at_a_time_is_alone(begun: StudyFolder) -> None:
    order: list[str] = []

    def other() -> None:
        with begun.alone():
            order.append("second")

    with begun.alone():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_who_is_alone_and_fails_lets_others_in(begun: StudyFolder) -> None:
    with pytest.raises(KeyError), begun.alone():
        raise KeyError
    with begun.alone():
        assert [path.name for path in begun.path.iterdir() if begun.is_ours(path)] == [
            "asking.lock"
        ]
