from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from homespun.article import replay
from homespun.data import Dataset
from homespun.errors import FileError, MissingExtraError, SettingError


def test_every_picture_is_a_png_of_some_size(replayed: dict[str, Any]) -> None:
    names = replayed["results"]["pictures"]
    assert len(names) == len(set(names)) == 13
    for name in names:
        with Image.open(replayed["folder"] / name) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 300


def test_nothing_else_lies_in_the_folder(replayed: dict[str, Any]) -> None:
    written = {path.name for path in replayed["folder"].iterdir()}
    assert written == {"index.html", *replayed["results"]["pictures"]}
    assert replayed["results"]["page"] == str(replayed["folder"] / "index.html")


def test_it_says_what_it_does_and_tells_each_epoch(replayed: dict[str, Any]) -> None:
    assert [line.split(":")[0] for line in replayed["lines"]] == [
        "XOR", "t-SNE", "run1", "run2", "mended", "pictures and page",
    ]  # fmt: skip
    assert [call[:3] for call in replayed["epochs"]] == [
        (part, epoch, 30) for part in ("run1", "run2", "mended") for epoch in range(1, 31)
    ]


def test_too_few_images_are_refused_before_anything_is_done(
    pictures: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match="160 images, got 100"):
        replay(pictures.take(slice(100)), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_named(pictures: Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="file"):
        replay(pictures, tmp_path / "file" / "new")


@pytest.mark.parametrize("library", ["matplotlib", "jinja2"])
def test_a_missing_extra_is_told_before_the_long_part(
    pictures: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith(
            "homespun.article.page" if library == "jinja2" else "homespun.article.f"
        ):
            raise ModuleNotFoundError(f"No module named '{library}'", name=library)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=rf"needs {library}.*homespun\[plot\]"):
        replay(pictures, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_interrupt_leaves_the_earlier_page_alone(pictures: Dataset, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("an earlier one")

    def interrupt(*call: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(pictures, tmp_path, quick=True, say=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "an earlier one"
