from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from homespun.data import Dataset
from homespun.errors import FileError
from homespun.report import write_sample_grid
from homespun.report.figures import sample_grid


def test_samples_are_the_first_of_each_class_in_its_row() -> None:
    images = np.arange(30, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 2, 1), np.uint8)
    labels = np.array([0] * 3 + [1] * 27)
    (axes,) = sample_grid(Dataset(images, labels, ("few", "$many$"))).axes
    wall = axes.images[0].get_array()
    shown = [[int(wall[5 * row, 4 * column]) for column in range(12)] for row in range(2)]
    assert shown == [[0, 1, 2, *[255] * 9], list(range(3, 15))]
    assert (wall[3:5] == 255).all()  # the gap between rows
    assert axes.images[0].get_clim() == (0, 255)  # a dim picture stays dim
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["few", "$many$"]
    assert axes.get_yticks().tolist() == [1, 6]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_grid_is_written_as_png(tmp_path: Path, channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (9, 5, 4, channels), dtype=np.uint8)
    dataset = Dataset(images, np.arange(9) % 3, ("a", "b", "c"))
    write_sample_grid(dataset, tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as picture:
        picture.verify()
        assert picture.format == "PNG"
        assert picture.width > 500


def test_a_grid_that_cannot_be_written_is_one_error(tmp_path: Path, pictures: Dataset) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        write_sample_grid(pictures, tmp_path / "missing" / "grid.png")
    assert os.listdir(tmp_path) == []
