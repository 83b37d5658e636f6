"""Samples of a data set: the first pictures of each class, a row a class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from homespun.data import Dataset
from homespun.files import write_durably
from homespun.report.plotting import new_figure, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SAMPLES_A_CLASS = 12
_GAP = 2


def sample_grid(dataset: Dataset) -> Figure:
    """Return the first pictures of each class, a row a class.

    They are laid out as one picture: axes for each would take seconds to draw.
    """
    _, height, width, n_channels = dataset.images.shape
    rows, columns = height + _GAP, width + _GAP
    wall = np.full((dataset.n_classes * rows, _SAMPLES_A_CLASS * columns, n_channels), 255)
    for label in range(dataset.n_classes):
        chosen = np.flatnonzero(dataset.labels == label)[:_SAMPLES_A_CLASS]
        for i, picture in enumerate(dataset.images[chosen]):
            top, left = label * rows, i * columns
            wall[top : top + height, left : left + width] = picture
    figure = new_figure(10, 0.85 * dataset.n_classes)
    axes = figure.subplots()
    axes.imshow(wall.squeeze(), cmap="gray", vmin=0, vmax=255)
    middles = np.arange(dataset.n_classes) * rows + (height - 1) / 2
    axes.set_yticks(middles, dataset.class_names, parse_math=False)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_frame_on(False)
    return figure


def write_sample_grid(dataset: Dataset, path: Path) -> None:
    """Write samples of each class to a PNG file.

    Raises:
        MissingExtraError: matplotlib is not installed.
        FileError: the file cannot be written.
    """
    write_durably(path, png(sample_grid(dataset)))
