"""An exported file answers as the model does: held against onnxruntime on the official test file.

The model in the package is exported, and the runs that are named, or else one of each recipe that
is trained here for a moment. Prints for each how many of the pictures have the same label and the
same trust, and the largest difference of a probability. Nothing is chosen by it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from homespun.data import Dataset, load_fashion_mnist
from homespun.export import export_onnx
from homespun.export.answers import TRUST
from homespun.models import Model
from homespun.models.coming_along import packaged_model
from homespun.runs import RunFolder, Settings, find_run
from homespun.runs.execute import execute
from homespun.storage import load
from homespun.types import Array

LIMIT = 1e-5
HELD_OUT = 5000


def models(
    runs: Sequence[Path], recipes: Sequence[str], epochs: int, data: tuple[Dataset, Dataset]
) -> Iterator[tuple[str, Model]]:
    """Yield the model in the package, and those of runs, or else one trained by each recipe."""
    packaged = packaged_model()
    if packaged is not None:
        yield "the model in the package", load(packaged)
    for run in runs:
        yield str(run), load(find_run(run).model)
    if runs:
        return
    for recipe in recipes:
        with tempfile.TemporaryDirectory() as name:
            folder = RunFolder(Path(name, "run"))
            execute(folder, Settings(recipe, 0, epochs, HELD_OUT), *data)
            yield f"{recipe} after {epochs} epochs", load(folder.model)


def ask(content: bytes, images: Array) -> dict[str, Array]:
    """Return what onnxruntime answers, by the outputs' names."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"pictures": images}), strict=True))


def differs(name: str, model: Model, images: Array) -> bool:
    """Print how the file's answers differ from the model's; return whether they do too much."""
    expected, found = model.answer(images), ask(export_onnx(model), images)
    labels = int((found["label"] == expected.probabilities.argmax(axis=1)).sum())
    trusted = sum(TRUST[i] == word for i, word in zip(found["trust"], expected.trust, strict=True))
    difference = float(np.abs(found["probabilities"] - expected.probabilities).max())
    score = ""
    if expected.unlikeness is not None:
        apart = float(np.abs(found["unlikeness"] - expected.unlikeness).max())
        score = f", unlikeness by at most {apart:.0e}"
    n = len(images)
    print(
        f"onnx: {name}: {n:,} pictures: {labels:,} labels and {trusted:,} words of trust equal; "
        f"probabilities differ by at most {difference:.0e}{score}",
        flush=True,
    )
    return labels < n or not difference <= LIMIT


def main() -> int:
    """Print the figures; return 1 if a label differs, or a probability by more than 1e-5."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path, help="runs to export, besides the package's")
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--recipes", nargs="*", default=["fast", "mlp"])
    parser.add_argument("--epochs", type=int, default=2)
    chosen = parser.parse_args()
    data = load_fashion_mnist()
    images = data[1].images[: chosen.pictures]
    every = models(chosen.runs, chosen.recipes, chosen.epochs, data)
    failed = [name for name, model in every if differs(name, model, images)]
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
