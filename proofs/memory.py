"""How much memory training takes: Fashion-MNIST, and 200,000 pictures that stay on the disk.

Each is trained in a process of its own, which prints its peak resident memory after each epoch,
with what its helpers hold besides.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from homespun.data import Dataset, load_fashion_mnist, split, store_images, stored_dataset
from homespun.models import find_recipe
from homespun.nn import Chain, Dense, Flatten, MaxPool2D, ReLU
from homespun.optim import AdamW, Constant
from homespun.runs.memory import memory_of_children, peak_memory
from homespun.training import Callback, Plan, Progress, train

LIMIT = 1500
"""Megabytes that the 200,000 pictures may take."""

N_CLASSES = 10
BLOCK = 1000


class NotePeak(Callback):
    """Notes the peak after each epoch."""

    def __init__(self) -> None:
        self.megabytes: list[float] = []

    def on_epoch_end(self, progress: Progress) -> None:
        """Ask the system."""
        peak = peak_memory()
        assert peak is not None, "the system does not tell the peak"
        self.megabytes.append((peak + memory_of_children()) / 2**20)


def fashion(epochs: int, folder: Path, n: int) -> tuple[str, Plan, Dataset]:
    """Return the recipe `mlp` on the real pictures."""
    data, _ = load_fashion_mnist()
    plan = find_recipe("mlp").plan(n_samples=len(data), n_classes=10, epochs=epochs)
    return f"Fashion-MNIST, {len(data):,} pictures in memory", plan, data


def many(epochs: int, folder: Path, n: int) -> tuple[str, Plan, Dataset]:
    """Return a small network on `n` made colour pictures of 64 x 64 in a file."""
    rng = np.random.default_rng(0)
    shape = (n, 64, 64, 3)
    blocks = (
        rng.integers(0, 256, (min(BLOCK, n - start), *shape[1:]), dtype=np.uint8)
        for start in range(0, n, BLOCK)
    )
    images = store_images(folder / "pictures.npy", shape, blocks)
    data = stored_dataset(images, np.arange(n) % N_CLASSES, tuple("abcdefghij"))
    network = Chain(MaxPool2D(), MaxPool2D(), Flatten(), Dense(32), ReLU(), Dense(N_CLASSES))
    plan = Plan(network, AdamW(), Constant(1e-3), epochs=epochs)
    return f"{n:,} pictures of 64 x 64 x 3 ({images.size / 1e9:.2f} GB) on the disk", plan, data


def train_and_tell(name: str, epochs: int, n: int) -> float:
    """Train, print the peaks, and return the highest."""
    with tempfile.TemporaryDirectory() as folder:
        what, plan, data = {"fashion": fashion, "many": many}[name](epochs, Path(folder), n)
        peak = NotePeak()
        train(plan, *split(data, len(data) // 20, seed=0), callbacks=[peak])
    shown = ", ".join(f"{megabytes:,.0f}" for megabytes in peak.megabytes)
    print(f"peak resident memory: {what}: {shown} MB after each epoch")
    return peak.megabytes[-1]


def main() -> int:
    """Print the figures; return 1 if the pictures on the disk took too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=200_000)
    parser.add_argument("--only", choices=("fashion", "many"))
    chosen = parser.parse_args()
    if chosen.only:
        megabytes = train_and_tell(chosen.only, chosen.epochs, chosen.pictures)
        return int(chosen.only == "many" and megabytes > LIMIT)
    sizes = ["--epochs", str(chosen.epochs), "--pictures", str(chosen.pictures)]
    commands = [[sys.executable, __file__, "--only", name, *sizes] for name in ("fashion", "many")]
    return max(subprocess.run(command).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
