"""Four ways in which NaN and infinity get into a run, and what is said of each.

Prints each error, and whether a file was left that holds such a number.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from homespun import ImageClassifier
from homespun.data import Scaling
from homespun.errors import DivergedError, HomespunError
from homespun.models import Model
from homespun.nn import Backward, Chain, Dense, Flatten, Layer, ReLU
from homespun.optim import SGD, Constant
from homespun.storage import save, save_checkpoint
from homespun.training import Plan, TrainingState, begin, train
from homespun.types import FloatArray, Params, Shape
from made import pictures

NAN = np.float32(np.nan)


@dataclass(frozen=True)
class SpoilsTheWayBack:
    """(batch, n) -> (batch, n): a user's layer with a mistake in its slope."""

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no weights."""
        return {}, in_shape

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return x, and a way back that divides by zero."""
        return x, lambda dy, grads, need_dx=True: dy * NAN


def input_holds_it() -> None:
    """Fit pictures of which one has a pixel that is not a number."""
    images = np.ones((20, 8, 8, 1), np.float32)
    images[3, 2, 1, 0] = np.nan
    ImageClassifier([Dense(4)], max_iter=1).fit(images, np.arange(20) % 2)


def learning_rate_is_too_large() -> None:
    """Weights grow past what float32 holds."""
    run(network(), lr=1e30)


def weight_holds_it() -> None:
    """Begin with weights as a damaged memory leaves them."""
    run(network(), spoil=spoil_a_weight)


def layer_gives_it_on_the_way_back() -> None:
    """Train with a layer whose slope is wrong: the loss is fine, and the gradient is not."""
    run(Chain(Flatten(), Dense(8), SpoilsTheWayBack(), Dense(3)))


WAYS: dict[str, Callable[[], None]] = {
    "input": input_holds_it,
    "learning rate": learning_rate_is_too_large,
    "weight": weight_holds_it,
    "gradient": layer_gives_it_on_the_way_back,
}


def network() -> Layer:
    """Return two layers of weights."""
    return Chain(Flatten(), Dense(8), ReLU(), Dense(3))


def spoil_a_weight(state: TrainingState) -> None:
    """Make one number of the last layer infinite."""
    state.weights.parameters.vector[-5] = np.inf


def run(
    layers: Layer, lr: float = 0.1, spoil: Callable[[TrainingState], None] = lambda state: None
) -> None:
    """Train on made pictures."""
    data = pictures(96, seed=1)
    plan = Plan(layers, SGD(), Constant(lr), epochs=3, batch_size=32, shard_size=16)
    state = begin(plan, data)
    spoil(state)
    train(plan, data, state=state)


def files_left(folder: Path) -> list[str]:
    """Try to save weights that are not finite, and return the names of the files that are there."""
    data = pictures(96, seed=1)
    plan = Plan(network(), SGD(), Constant(0.1), epochs=1)
    state = begin(plan, data)
    spoil_a_weight(state)
    model = Model(
        plan.network, state.averaged(), plan.loss, Scaling((70.0,), (90.0,)), (8, 8, 1),
        data.class_names,
    )  # fmt: skip
    for refused in (
        lambda: save(model, folder / "model.safetensors"),
        lambda: save_checkpoint(state, folder / "checkpoint.safetensors"),
    ):
        try:
            refused()
        except HomespunError as error:
            print(f"  not saved: {str(error).replace(f'{folder}/', '')}")
    return [path.name for path in folder.iterdir()]


def main() -> int:
    """Print the errors; return 1 if one is missing, or a file was written."""
    n_clear = 0
    for name, way in WAYS.items():
        try:
            way()
        except (DivergedError, ValueError) as error:
            n_clear += 1
            print(f"  {name}: {str(error).splitlines()[0]}")
        else:
            print(f"  {name}: was not noticed")
    with tempfile.TemporaryDirectory() as folder:
        left = files_left(Path(folder))
    print(
        f"not finite: {len(WAYS)} ways in, {n_clear} clear errors; "
        f"{len(left)} files hold such a number"
    )
    return 0 if n_clear == len(WAYS) and not left else 1


if __name__ == "__main__":
    sys.exit(main())
