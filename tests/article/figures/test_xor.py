from __future__ import annotations

import numpy as np

from homespun.article.figures.xor import xor_sums
from homespun.article.xor import XorRecord


def record(squares: float) -> XorRecord:
    epochs = np.arange(0, 50_000, 1_000)
    sums = np.linspace(-2, 0, len(epochs))
    return XorRecord(epochs, sums, np.full(len(epochs), squares), np.zeros(4))


def test_both_sums_of_both_trainings_are_drawn() -> None:
    printed, mended = record(0.9), record(0.01)
    drawing = xor_sums(printed, mended)
    signed, squares = drawing.figure.axes
    for line, training in zip(signed.lines[:2], (printed, mended), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), training.sums)
    for line, training in zip(squares.lines, (printed, mended), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), training.squares)
    np.testing.assert_array_equal(signed.lines[2].get_xdata(), np.arange(0, 50_000, 5_000))
    assert squares.get_yscale() == "log"
    assert "0.90" in drawing.alt
    assert "0.0100" in drawing.alt
