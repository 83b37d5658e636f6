"""Which tricks of training pay: the recipe `fast` with each alone, judged on pictures held out.

    python benchmarks/tricks.py [TRICK...] [--seeds N] [--epochs N]

Runs on one thread, so that the seconds are those of a core, and writes tricks.md beside this file.
Runs that are in runs/tricks are not made again. `make tricks` runs it: about an hour.
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
from homespun.optim import ExponentialMovingAverage, Nesterov
from homespun.optim.optimizer import Optimizer, State
from homespun.training import Callback, Plan, Progress, train
from homespun.types import Array, FloatArray

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


Trick = Callable[[Plan, Dataset], tuple[Plan, Sequence[Callback]]]


def _clipped(plan: Plan, data: Dataset) -> tuple[Plan, Sequence[Callback]]:
    assert isinstance(plan.optimizer, Nesterov)
    optimizer = Clipped(plan.optimizer.momentum, plan.optimizer.weight_decay)
    return dataclasses.replace(plan, optimizer=optimizer), ()


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
