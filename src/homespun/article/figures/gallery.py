"""The list of all pictures of a replay, by the names that the page knows them under."""

from __future__ import annotations

import numpy as np

from homespun.article.figures.answers import answer_grid, single_answer
from homespun.article.figures.canvas import Drawing
from homespun.article.figures.errors import error_curve, penalty_share
from homespun.article.figures.pieces import neuron_diagram, sigmoid_curves
from homespun.article.figures.products import pixel_matrix, samples
from homespun.article.figures.tsne import tsne_map
from homespun.article.figures.xor import xor_sums
from homespun.article.measured import Measured

BAG, ANKLE_BOOT = 8, 9
"""A bag is shown with its answers, as in the article; a boot, with its many shades, as numbers."""


def draw_all(measured: Measured) -> dict[str, Drawing]:
    """Return every picture of the article, drawn from what was measured here."""
    train, test = measured.split.train, measured.split.test
    names = test.class_names
    run1, run2, mended = measured.run1, measured.run2, measured.mended
    one = int(np.argmax(test.labels == BAG))
    boot = int(np.argmax(train.labels == ANKLE_BOOT))
    answers = {
        "run 1, as printed": run1.probabilities[one],
        "run 2, as printed": run2.probabilities[one],
        "mended": mended.probabilities[one],
    }
    return {
        "samples": samples(train),
        "pixels": pixel_matrix(train.images[boot, :, :, 0], names[ANKLE_BOOT]),
        "tsne": tsne_map(measured.places, test),
        "neuron": neuron_diagram(),
        "sigmoid": sigmoid_curves(),
        "xor": xor_sums(measured.xor_printed, measured.xor_mended),
        "errors_run1": error_curve(
            run1.errors, title="Run 1: raw pixels", unit="the article's error"
        ),
        "errors_run2": error_curve(
            run2.errors, title="Run 2: scaled pixels", unit="the article's error"
        ),
        "errors_mended": error_curve(
            mended.errors, title="Mended", unit="cross-entropy + penalty, nats a sample"
        ),
        "penalty": penalty_share(run2.errors, run2.penalties),
        "answer": single_answer(test.images[one, :, :, 0], int(test.labels[one]), answers, names),
        "answers_run2": answer_grid(test, run2.probabilities, title="Run 2, as printed"),
        "answers_mended": answer_grid(test, mended.probabilities, title="Mended"),
    }
