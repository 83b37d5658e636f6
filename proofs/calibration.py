"""Whether probabilities can be taken at their word: a run's calibration error on the test file.

A recipe is trained on Fashion-MNIST as `homespun train` does it. Prints the expected calibration
error on the official test file (15 equal bins of confidence), as trained and as calibrated on
pictures that were held out of the training file, and how many labels calibration changed.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from pathlib import Path

from homespun.data import Dataset, load_fashion_mnist
from homespun.models import Model, find_recipe
from homespun.runs import RunFolder, Settings, evaluate
from homespun.runs.execute import execute
from homespun.storage import load
from homespun.types import IntArray

LIMIT = 0.01
HELD_OUT = 5000


def judge(model: Model, test: Dataset) -> tuple[float, IntArray]:
    """Return the expected calibration error, and the likeliest class of each picture."""
    probabilities = model.predict_proba(test.images)
    error = evaluate(probabilities, test.labels, test.class_names).ece
    return error, probabilities.argmax(axis=1)


def main() -> int:
    """Print the figures; return 1 if the error is above 1%, or a label changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", default="fast")
    parser.add_argument("--epochs", type=int)
    chosen = parser.parse_args()
    epochs = chosen.epochs or find_recipe(chosen.recipe).epochs
    training_file, test = load_fashion_mnist()
    with tempfile.TemporaryDirectory() as name:
        folder = RunFolder(Path(name, "run"))
        execute(folder, Settings(chosen.recipe, 0, epochs, HELD_OUT), training_file, test)
        model = load(folder.model)
    plain = dataclasses.replace(model, temperature=1.0, smoothing=0.0)
    (before, labels), (after, calibrated_labels) = judge(plain, test), judge(model, test)
    changed = int((labels != calibrated_labels).sum())
    print(
        f"calibration: {chosen.recipe}, {epochs} epochs: error {before:.2%} as trained, "
        f"{after:.2%} as calibrated on {HELD_OUT:,} pictures held out "
        f"(temperature {model.temperature:.3f}, smoothing {model.smoothing:.4f}); "
        f"{changed} of {len(test):,} labels changed"
    )
    return 0 if after <= LIMIT and not changed else 1


if __name__ == "__main__":
    sys.exit(main())
