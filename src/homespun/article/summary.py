"""The answer of a replay as plain numbers: what `--json` prints and what the page tells."""

from __future__ import annotations

import math
import platform
from typing import Any

import numpy as np
import scipy
import sklearn
from threadpoolctl import threadpool_info

from homespun.article.experiment import Run
from homespun.article.measured import Measured
from homespun.article.xor import PRINTED_EVERY, XorRecord
from homespun.nn.functions import softmax

SCORES = (2, 4, 6, 8)
"""The scores whose softmax the article printed."""

N_SUMS = 6
"""The printed sums that mean something; the later ones are rounding."""


def summarise(measured: Measured, *, quick: bool) -> dict[str, Any]:
    """Return the figures of a replay, each a number, a string, a list or a dictionary of these.

    Accuracies and probabilities are shares from 0 to 1; times are seconds.
    """
    n_train, n_test = len(measured.split.train), len(measured.split.test)
    return {
        "quick": quick,
        "n_train": n_train,
        "n_test": n_test,
        "epochs": len(measured.run2.errors),
        "softmax": softmax(SCORES).tolist(),
        "highest_possible": math.e / (math.e + measured.split.train.n_classes - 1),
        "xor": _xor(measured.xor_printed, measured.xor_mended),
        "run1": _run(measured.run1),
        "run2": _run(measured.run2) | {"alone": _alone(measured)},
        "mended": _run(measured.mended),
        "seconds": dict(measured.seconds),
        "made_with": _made_with(),
    }


def _xor(printed: XorRecord, mended: XorRecord) -> dict[str, Any]:
    epochs = [i * PRINTED_EVERY for i in range(N_SUMS)]
    return {
        "epochs": epochs,
        "printed": [printed.at(epoch)[0] for epoch in epochs],
        "sse": [printed.at(epoch)[1] for epoch in epochs],
        "mended": [mended.at(epoch)[0] for epoch in epochs],
        "sse_mended": [mended.at(epoch)[1] for epoch in epochs],
        "answer": printed.answer(0, 1),
        "answer_mended": mended.answer(0, 1),
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "train": run.train,
        "test": run.test,
        "official": run.official,
        "seconds": run.seconds,
        "first_error": run.errors[0],
        "last_error": run.errors[-1],
        "first_penalty": run.penalties[0] if run.penalties else None,
        "predictions": run.predictions[:5].tolist(),
        "highest_probability": float(run.probabilities.max()),
    }


def _alone(measured: Measured) -> float:
    """Return run 2's accuracy if each image is scaled by itself, which makes all of them zeros.

    Zeros in mean a hidden layer of sigmoid(0) whatever the image, so one answer for everything.
    """
    labels = measured.split.test.labels
    return float(np.mean(labels == measured.run2.blank))


def _made_with() -> str:
    blas = {info["internal_api"]: info for info in threadpool_info() if info["user_api"] == "blas"}
    kernels = ", ".join(f"{name} for {info.get('architecture')}" for name, info in blas.items())
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"scikit-learn {sklearn.__version__}; {kernels}"
    )
