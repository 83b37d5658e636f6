from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from homespun.data.folder.choices import choose, has_colour
from homespun.data.folder.layout import list_folder
from homespun.errors import DataError, SettingError


def save(folder: Path, name: str, size: tuple[int, int], colour: tuple[int, int, int]) -> None:
    (folder / "a").mkdir(exist_ok=True)
    Image.new("RGB", size, colour).save(folder / "a" / name)


@pytest.mark.parametrize(
    ("sizes", "side"), [([28, 28, 28], 28), ([9, 20, 70], 20), ([500, 900], 32), ([3, 3], 8)]
)
def test_the_size_is_the_pictures_own_up_to_32(tmp_path: Path, sizes: list[int], side: int) -> None:
    for i, size in enumerate(sizes):
        save(tmp_path, f"{i}.png", (size, size // 2), (9, 9, 9))
    choice = choose(list_folder(tmp_path), None, None, None)
    assert choice.in_shape == (side, side, 1)
    assert f"{side} pixels a side" in choice.why
    assert f"grey, since 0 of {len(sizes)}" in choice.why


def test_any_colour_counts(tmp_path: Path) -> None:
    save(tmp_path, "grey.png", (20, 20), (90, 90, 90))
    save(tmp_path, "red.png", (20, 20), (200, 10, 10))
    assert choose(list_folder(tmp_path), None, None, None).channels == 3
    assert choose(list_folder(tmp_path), 16, 1, None).in_shape == (16, 16, 1)


def test_a_broken_picture_is_passed_over(tmp_path: Path) -> None:
    save(tmp_path, "good.png", (20, 20), (90, 90, 90))
    (tmp_path / "a" / "bad.png").write_text("not a picture")
    assert choose(list_folder(tmp_path), None, None, None).side == 20
    (tmp_path / "a" / "good.png").unlink()
    with pytest.raises(DataError, match=r"no picture that can be read \(a/bad\.png: "):
        choose(list_folder(tmp_path), None, None, None)


@pytest.mark.parametrize("wish", [{"image_size": 7}, {"image_size": 513}, {"channels": 2}])
def test_sizes_that_cannot_be_are_refused(tmp_path: Path, wish: dict[str, Any]) -> None:
    save(tmp_path, "a.png", (20, 20), (90, 90, 90))
    with pytest.raises(SettingError, match=r"must be from 8 to 512|1 channel .* or 3"):
        choose(list_folder(tmp_path), **({"image_size": None, "channels": None} | wish), threads=1)


def test_what_compression_does_to_grey_is_no_colour() -> None:
    pixels = np.full((40, 40, 3), 100, np.uint8)
    pixels[..., 0] += 10
    assert not has_colour(pixels)
    pixels[:4] = (0, 90, 200)
    assert has_colour(pixels)
