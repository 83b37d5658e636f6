"""Prediction: one picture and 1,000 pictures in homespun, onnxruntime and PyTorch.

The weights are the same on all sides, and that the answers are, too, is seen to before any time is
taken. homespun goes from bytes to probabilities through `Model.predict_proba`, and so does
onnxruntime in the file that `homespun.export` writes; PyTorch gets ready-scaled float32 tensors and
gives logits. It is in evaluation without gradients, in both layouts of memory; it and onnxruntime
are run with one thread and with all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from harness import Comparison, Remark, Side, Work, fastest, take_turns
from homespun.data import Scaling, load_fashion_mnist
from homespun.export import export_onnx
from homespun.models import RECIPES, Model
from homespun.nn import Parameters
from homespun.types import Array, FloatArray, Shape
from torch_training import LAYOUTS
from twins import channels_first, torch_twin

OURS = "homespun"
IN_SHAPE: Shape = (28, 28, 1)
TOLERANCE = 1e-4
"""By how much a logit or a probability may differ between two libraries."""

N_COMPARED = 100


def made_model(recipe: str) -> Model:
    """Return the recipe's network with drawn weights; nothing is left at 0 or 1 to hide errors."""
    data, _ = load_fashion_mnist()
    plan = RECIPES[recipe].plan(n_samples=len(data), n_classes=data.n_classes)
    rng = np.random.default_rng(0)
    parameters = Parameters(plan.network.init(rng, IN_SHAPE)[0])
    parameters.vector += 0.02 * rng.standard_normal(parameters.vector.shape, np.float32)
    parameters.running += rng.uniform(0, 0.2, parameters.running.shape)
    scaling = Scaling.fit(data.images)
    return Model(plan.network, parameters, plan.loss, scaling, IN_SHAPE, data.class_names)


def pictures(n: int) -> Array:
    """Return the first `n` training pictures, bytes."""
    return load_fashion_mnist()[0].images[:n]


def torch_module(model: Model) -> torch.nn.Module:
    """Return the model's network in PyTorch, for evaluation."""
    return torch_twin(model.network, model.parameters.views, IN_SHAPE).eval()


def onnx_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Return the graph, ready to run on so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def homespun_side(recipe: str, n: int, repeats: int) -> Work:
    """Return a prediction with homespun."""
    model, images = made_model(recipe), pictures(n)
    return Work(lambda: model.predict_proba(images), repeats=repeats)


def torch_side(recipe: str, n: int, repeats: int, threads: int, layout: str) -> Work:
    """Return a prediction with PyTorch."""
    torch.set_num_threads(threads)
    model, memory = made_model(recipe), LAYOUTS[layout]
    network = torch_module(model).to(memory_format=memory)
    x = channels_first(model.scaling(pictures(n))).contiguous(memory_format=memory)

    def turn() -> None:
        with torch.no_grad():
            network(x)

    return Work(turn, repeats=repeats)


def onnx_side(recipe: str, n: int, repeats: int, threads: int, path: Path) -> Work:
    """Return a prediction with onnxruntime."""
    session, images = onnx_session(path, threads), pictures(n)
    return Work(lambda: session.run(["probabilities"], {"pictures": images}), repeats=repeats)


def largest_difference(recipe: str, path: Path) -> float:
    """Return by how much an answer differs at most between homespun and the others.

    Of PyTorch these are logits, of onnxruntime probabilities.

    Raises:
        ArithmeticError: by more than TOLERANCE, so that there is nothing to compare.
    """
    model, images = made_model(recipe), pictures(N_COMPARED)
    with torch.no_grad():
        logits: FloatArray = torch_module(model)(channels_first(model.scaling(images))).numpy()
    (found,) = onnx_session(path, 1).run(["probabilities"], {"pictures": images})
    pairs = ((model.predict_logits(images), logits), (model.predict_proba(images), found))
    difference = max(float(np.abs(ours - other).max()) for ours, other in pairs)
    if not difference <= TOLERANCE:
        raise ArithmeticError(f"{recipe}: answers differ by {difference:.1e}, over {TOLERANCE}")
    return difference


def compare(recipe: str, n: int, repeats: int, rounds: int) -> Comparison | Remark:
    """Take turns to predict `n` pictures, `repeats` times a turn."""
    title = f"Prediction, recipe {recipe}, pictures: {n:,}; milliseconds"
    if recipe not in RECIPES:
        return Remark(title, f"Left out: there is no recipe {recipe!r}.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        path.write_bytes(export_onnx(made_model(recipe)))
        difference = largest_difference(recipe, path)
        seconds, _ = take_turns(_sides(recipe, n, repeats, path), rounds)
    best = fastest(seconds, (name for name in seconds if name != OURS))
    notes = [
        f"The fastest of the others is {best}. Answers to {N_COMPARED} pictures differ by at most "
        f"{difference:.0e} between the three libraries."
    ]
    return Comparison(title, seconds, OURS, notes, "ms")


def _sides(recipe: str, n: int, repeats: int, path: Path) -> dict[str, Side]:
    counts: Sequence[int] = sorted({1, os.cpu_count() or 1})
    sides: dict[str, Side] = {OURS: partial(homespun_side, recipe, n, repeats)}
    for threads in counts:
        name = f"onnxruntime, threads: {threads}"
        sides[name] = partial(onnx_side, recipe, n, repeats, threads, path)
    for threads, layout in product(counts, LAYOUTS):
        name = f"PyTorch, {layout}, threads: {threads}"
        sides[name] = partial(torch_side, recipe, n, repeats, threads, layout)
    return sides
