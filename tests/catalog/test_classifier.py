from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from homespun.catalog.classifier import Classifier
from homespun.models import Model


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_an_answer_is_the_same_in_any_company(
    model: Model, new_photo: Callable[[int], bytes]
) -> None:
    photos = [new_photo(i) for i in range(5)]
    with Classifier(model) as classifier:
        rows = [classifier.row(photo) for photo in photos]
        assert [classifier.row(photo) for photo in photos[::-1]] == rows[::-1]
        pixels = [classifier.pixels(photo) for photo in photos]
    whole = model.answer(np.stack(pixels)).named(model.class_names)
    for one, other in zip(rows, whole, strict=True):  # together they are rounded otherwise
        assert one["label"] == other["label"]
        assert one["probability"] == pytest.approx(other["probability"], rel=1e-4)
    assert {row["trust"] for row in rows} <= {"yes", "unsure"}


def test_one_thread_multiplies_meanwhile_and_all_afterwards(model: Model) -> None:
    before = threads()
    with Classifier(model):
        assert threads() == {1}
    assert threads() == before


def test_a_file_and_its_bytes_get_the_same_answer(
    model: Model, new_photo: Callable[[int], bytes], tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(new_photo(3))
    with Classifier(model) as classifier:
        assert classifier.row(tmp_path / "a.jpg") == classifier.row(new_photo(3))


def test_whatever_is_wrong_with_a_picture_is_told_without_its_path(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_photo: Callable[[int], bytes]
) -> None:
    (tmp_path / "words.jpg").write_bytes(b"words")
    (tmp_path / "folder.jpg").mkdir()
    with Classifier(model) as classifier:
        for source, problem in (
            (tmp_path / "words.jpg", "picture"),
            (tmp_path / "folder.jpg", "is not a file"),
            (tmp_path / "gone.jpg", "cannot be read (No such file or directory)"),
            (Path("a\0b.jpg"), "null"),
            (b"words", "picture"),
        ):
            (error,) = classifier.row(source).values()
            assert problem in error
            assert str(tmp_path) not in error
            assert "\n" not in error
        for raised in (MemoryError(), RuntimeError("two\nlines")):

            def broken(*_: object, raised: Exception = raised) -> None:
                raise raised

            monkeypatch.setattr("homespun.catalog.classifier.prepare", broken)
            assert classifier.row(new_photo(0)) == {
                "error": "two lines" if str(raised) else "MemoryError"
            }
