"""What share of the training time checkpoints take: the recipe `mlp` on Fashion-MNIST."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from homespun.data import load_fashion_mnist, split
from homespun.models import find_recipe
from homespun.runs.checkpoints import Checkpoints, KeepCheckpoints
from homespun.training import begin, train

LIMIT = 0.01


def main() -> int:
    """Print the share; return 1 if it is 1% or more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--recipe", default="mlp")
    chosen = parser.parse_args()
    data, _ = load_fashion_mnist()
    kept, held_out = split(data, 5000, seed=0)
    plan = find_recipe(chosen.recipe).plan(
        n_samples=len(kept), n_classes=kept.n_classes, epochs=chosen.epochs
    )
    state = begin(plan, kept)
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = Checkpoints(Path(folder, "checkpoint"))
        keep = KeepCheckpoints(checkpoints, state)
        result = train(plan, kept, held_out, state=state, callbacks=[keep])
        megabytes = max((path.stat().st_size for path in checkpoints.paths()), default=0) / 1e6
    share = keep.cost / result.seconds
    print(
        f"checkpoints: {keep.n_written} of {megabytes:.0f} MB took {keep.cost:.2f} s, {share:.2%} "
        f"of {result.seconds:.0f} s of training ({chosen.epochs} epochs of {chosen.recipe})"
    )
    return 0 if share < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
