"""The pictures of the report: what people would rather look at than read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def learning_curves(history: Sequence[Mapping[str, float | None]]) -> Figure:
    """Return loss and accuracy over epochs, of the training and the validation part."""
    figure = new_figure(9, 3.5)
    epochs = [row["epoch"] for row in history]
    for axes, measure in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        axes.plot(epochs, [row[measure] for row in history], label="training, while learning")
        held_out = [row[f"validation_{measure}"] for row in history]
        if None not in held_out:
            axes.plot(epochs, held_out, label="validation, after the epoch")
        axes.set_xlabel("epoch")
        axes.set_title(measure)
        axes.grid(alpha=0.3)
        axes.legend()
    return figure


def confusion_picture(confusion: Sequence[Sequence[int]], class_names: Sequence[str]) -> Figure:
    """Return the confusion matrix as shares of each true class, with counts written in."""
    counts = np.array(confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = new_figure(7.5, 6.5)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(class_names))
    # A name is no formula, even if it has two dollar signs.
    axes.set_xticks(ticks, class_names, rotation=45, ha="right", parse_math=False)
    axes.set_yticks(ticks, class_names, parse_math=False)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=8)
    return figure


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
