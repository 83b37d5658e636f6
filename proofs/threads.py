"""The weights do not depend on the number of threads: the same run on 1, 2, 3 and 4 of them.

It is run with the recipes `mlp` and `fast` on part of Fashion-MNIST.
"""

from __future__ import annotations

import argparse
import sys

from homespun.data import load_fashion_mnist
from homespun.models import find_recipe
from homespun.training import train

THREADS = (1, 2, 3, 4)
RECIPES = ("mlp", "fast")


def main() -> int:
    """Print the weight hashes; return 1 if they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--recipes", nargs="+", default=RECIPES)
    chosen = parser.parse_args()
    data = load_fashion_mnist()[0].take(slice(chosen.pictures))
    all_same = True
    for name in chosen.recipes:
        plan = find_recipe(name).plan(n_samples=len(data), n_classes=10, epochs=chosen.epochs)
        hashes = [train(plan, data, threads=n).parameters.weight_hash() for n in THREADS]
        same = len(set(hashes)) == 1
        all_same &= same
        told = hashes[0][:16] if same else ", ".join(h[:16] for h in hashes)
        print(
            f"threads: {name}, {chosen.epochs} epochs of {len(data):,} pictures on "
            f"{', '.join(map(str, THREADS))} threads: {'the same' if same else 'other'} weights "
            f"(SHA-256 {told}...)"
        )
    return 0 if all_same else 1


if __name__ == "__main__":
    sys.exit(main())
