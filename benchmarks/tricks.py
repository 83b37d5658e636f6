"""Which tricks of training pay: the recipe `fast` with each alone, judged on pictures held out.

    python benchmarks/tricks.py [TRICK...] [--seeds N] [--epochs N]

Runs on one thread, so that the seconds are those of a core, and writes tricks.md beside this file.
Runs that are in runs/tricks are not made again. `make tricks` runs it: over an hour.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from homespun.data import Dataset, load_fashion_mnist, split
from homespun.models import RECIPES
from homespun.nn import BatchNorm, Chain, Conv2D, Layer, PooledConv2D
from homespun.nn.initializers import he_normal
from homespun.nn.layer import Backward, no_input_gradient
from homespun.optim import ExponentialMovingAverage, Nesterov
from homespun.optim.optimizer import Optimizer, State
from homespun.training import Callback, Plan, Progress, train
from homespun.types import Array, FloatArray, Params, Shape

PAGE = Path(__file__).with_name("tricks.md")
RUNS = Path("runs/tricks")
HELD_OUT = 5000


@dataclasses.dataclass(frozen=True)
class Clipped(Nesterov):
    """Nesterov's rule for gradients that are cut to a norm of 1 (Pascanu et al., 2013, 3.2).

    It takes the norm of the slice that it is given: the recipe's weights are one slice.
    """

    def update(self, w: FloatArray, g: FloatArray, state: State, **about: Any) -> None:
        """Cut the gradient, and go on."""
        g *= min(1.0, 1.0 / float(np.linalg.norm(g)))
        super().update(w, g, state, **about)


@dataclasses.dataclass(frozen=True)
class Lookahead:
    """Slow weights that go half of the way every 5 steps (Zhang et al., 2019, algorithm 1)."""

    fast: Optimizer

    def init(self, w: FloatArray) -> State:
        """Return the memory of the fast weights, and the slow ones."""
        return {**self.fast.init(w), "slow": w.copy()}

    def update(self, w: FloatArray, g: FloatArray, state: State, **about: Any) -> None:
        """Let the fast weights go; every 5 steps both meet."""
        self.fast.update(w, g, state, **about)
        if about["step"] % 5 == 0:
            slow = state["slow"]
            slow += 0.5 * (w - slow)
            w[:] = slow


class Mirrored(Callback):
    """Half of the pictures mirrored at first, all of them turned round after each epoch.

    So each is seen both ways in any two epochs (Jordan, 2024, "94% on CIFAR-10 in 3.29 seconds",
    section 3.6).
    """

    def __init__(self, images: Array, seed: int) -> None:
        self._images = images
        half = np.random.default_rng(seed).random(len(images)) < 0.5
        images[half] = images[half, :, ::-1]

    def on_epoch_end(self, progress: Progress) -> None:
        """Turn them round."""
        self._images[:] = self._images[:, :, ::-1].copy()


class SmallFirst(Callback):
    """Pictures of 20 pixels for the first 4 epochs, then as they are."""

    def __init__(self, data: Dataset) -> None:
        self._data, self._whole = data, data.images
        small = [np.asarray(Image.fromarray(one).resize((20, 20))) for one in data.images[..., 0]]
        self._show(np.stack(small)[..., np.newaxis])

    def on_epoch_end(self, progress: Progress) -> None:
        """Show whole pictures once it is time."""
        if len(progress.history) == 4:
            self._show(self._whole)

    def _show(self, images: Array) -> None:
        object.__setattr__(self._data, "images", images)


class Whitening:
    """A first layer that learns nothing: its windows take the patches of the pictures apart.

    They are the directions in which patches vary, each divided by how much they vary there, and
    their opposites, since ReLU silences one of the two (Jordan, 2024, section 3.2). What comes out
    is pooled, as it is in the recipe.
    """

    def __init__(self, images: Array) -> None:
        patches = np.lib.stride_tricks.sliding_window_view(images[:2000, ..., 0], (3, 3), (1, 2))
        variances, directions = np.linalg.eigh(np.cov(patches.reshape(-1, 9) / 255, rowvar=False))
        whitening = directions / np.sqrt(variances + 5e-4)
        self.W = np.hstack([whitening, -whitening]).reshape(3, 3, 1, 18).astype(np.float32)
        self._layer = PooledConv2D(18, bias=False)

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no parameters, and the shape of the maps."""
        return {}, self._layer.init(rng, in_shape)[1]

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the maps; nothing asks for a way back."""
        y, _ = self._layer.forward({"W": self.W}, x, train=train, rng=rng)
        return y, lambda dy, grads, need_dx=True: no_input_gradient()


class QuickNorm(BatchNorm):
    """Batch norm whose bias counts 8 times and so learns 64 times as fast (section 3.4 there)."""

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the normalised numbers."""
        y, way_back = super().forward(
            {**params, "beta": 8 * params["beta"]}, x, train=train, rng=rng
        )

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            own = {**grads, "beta": np.zeros_like(grads["beta"])}
            dx = way_back(dy, own, need_dx)
            grads["beta"] += 8 * own["beta"]
            return dx

        return y, backward


def identity(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> FloatArray:
    """Let the first outputs be the inputs, and draw the others (section 3.3 there)."""
    W = he_normal(rng, shape, fan_in, fan_out)
    n = min(shape[2:])
    W[..., :n] = 0
    W[shape[0] // 2, shape[1] // 2, range(n), range(n)] = 1
    return W


Trick = Callable[[Plan, Dataset], tuple[Plan, Sequence[Callback]]]


def _clipped(plan: Plan, data: Dataset) -> tuple[Plan, Sequence[Callback]]:
    assert isinstance(plan.optimizer, Nesterov)
    optimizer = Clipped(plan.optimizer.momentum, plan.optimizer.weight_decay)
    return dataclasses.replace(plan, optimizer=optimizer), ()


def _with_layers(plan: Plan, change: Callable[[Sequence[Layer]], Sequence[Layer]]) -> Plan:
    assert isinstance(plan.network, Chain)
    return dataclasses.replace(plan, network=Chain(*change(plan.network.layers)))


TRICKS: dict[str, Trick] = {
    "the recipe": lambda plan, data: (plan, ()),
    "alternating flip": lambda plan, data: (
        dataclasses.replace(plan, augmentation=()),
        (Mirrored(data.images, plan.seed),),
    ),
    "clipping": _clipped,
    "Lookahead": lambda plan, data: (
        dataclasses.replace(plan, optimizer=Lookahead(plan.optimizer)),
        (),
    ),
    "average of 0.995": lambda plan, data: (
        dataclasses.replace(plan, average=ExponentialMovingAverage(0.995)),
        (),
    ),
    "small pictures first": lambda plan, data: (plan, (SmallFirst(data),)),
    "frozen whitening": lambda plan, data: (
        _with_layers(plan, lambda layers: [Whitening(data.images), *layers[1:]]),
        (),
    ),
    "quick biases of norms": lambda plan, data: (
        _with_layers(
            plan,
            lambda layers: [QuickNorm() if isinstance(one, BatchNorm) else one for one in layers],
        ),
        (),
    ),
    "identity at first": lambda plan, data: (
        _with_layers(
            plan,
            lambda layers: [
                dataclasses.replace(one, initializer=identity) if isinstance(one, Conv2D) else one
                for one in layers
            ],
        ),
        (),
    ),
}


def tried(name: str, seed: int, epochs: int | None) -> dict[str, float]:
    """Return what a run came to, which is made unless it was made before."""
    path = RUNS / f"{name.replace(' ', '-')}-{epochs or 'all'}-{seed}.json"
    if not path.exists():
        data, held_out = split(load_fashion_mnist()[0], HELD_OUT, seed)
        recipe = RECIPES["fast"]
        plan = recipe.plan(n_samples=len(data), n_classes=10, seed=seed, epochs=epochs)
        plan, callbacks = TRICKS[name](plan, data)
        began = time.process_time()
        last = train(plan, data, held_out, callbacks=callbacks, threads=1).history[-1]
        found = {"accuracy": last.validation_accuracy, "seconds": time.process_time() - began}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found))
        print(f"{name}, seed {seed}: {found}", flush=True)
    told: dict[str, float] = json.loads(path.read_text())
    return told


def page(found: dict[str, list[dict[str, float]]]) -> str:
    """Return the table as Markdown; gains are against the recipe's run of the same seed."""
    base = [one["accuracy"] for one in found["the recipe"]]
    lines = [
        "# Tricks of training, one at a time",
        "",
        f"The recipe `fast`, {len(base)} seeds; accuracy after the last epoch on {HELD_OUT:,}",
        "pictures held out of the training file, and the gain in points against the recipe's own",
        "run of the same seed: mean, and the standard error of that mean. Seconds of one core are",
        "the fastest run's. The official test file was not looked at. Written by `make tricks`.",
        "",
        "| trick | accuracy | gain | its error | seconds |",
        "|---|---|---|---|---|",
    ]
    for name, runs in found.items():
        gains = [100 * (one["accuracy"] - was) for one, was in zip(runs, base, strict=True)]
        error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
        accuracy = statistics.mean(one["accuracy"] for one in runs)
        seconds = min(one["seconds"] for one in runs)
        gain = f"{statistics.mean(gains):+.2f} | {error:.2f}" if name != "the recipe" else "|"
        lines.append(f"| {name} | {accuracy:.2%} | {gain} | {seconds:.0f} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Run what is missing, and write down what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tricks", nargs="*", help=f"from {', '.join(TRICKS)}; all by default")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="the recipe's own by default; else only printed")
    arguments = parser.parse_args()
    names = ["the recipe", *(n for n in arguments.tricks or TRICKS if n != "the recipe")]
    seeds = range(arguments.seeds)
    found = {name: [tried(name, seed, arguments.epochs) for seed in seeds] for name in names}
    print(page(found))
    if arguments.epochs is None and not arguments.tricks:
        PAGE.write_text(page(found))


if __name__ == "__main__":
    main()
