"""All comparisons, written to benchmarks/results.md beside this file; `make bench` runs it."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

import article_speed
import conv_speed
import equality
import estimator_speed
import footprint
import growth
import mlp_speed
import predict_speed
import skorch_speed
from harness import Section

RESULTS = Path(__file__).with_name("results.md")
RECIPES = ("fast", "good")
PACKAGES = ("homespun", "numpy", "scipy", "scikit-learn", "torch", "skorch", "onnxruntime")

CONVOLUTIONAL: dict[str, conv_speed.What] = {
    "32-64-128": conv_speed.SMALL,
    "32-64-64-128-128": conv_speed.LARGE,
    "recipe good": "good",
}

COMPARISONS: dict[str, list[Callable[[], Section]]] = {
    "article": [partial(article_speed.compare, rounds=5)],
    "mlp": [
        partial(mlp_speed.compare, hidden=(128,), batch=128, rounds=7),
        partial(mlp_speed.compare, hidden=(256, 256), batch=256, rounds=7),
    ],
    "conv": [
        partial(conv_speed.compare, name, what, batch, rounds=6)
        for name, what in CONVOLUTIONAL.items()
        for batch in (128, 256)
    ],
    "predict": [
        *(partial(predict_speed.compare, name, 1, repeats=200, rounds=5) for name in RECIPES),
        *(partial(predict_speed.compare, name, 1_000, repeats=5, rounds=20) for name in RECIPES),
    ],
    "growth": [partial(growth.compare, rounds=3)],
    "equality": [equality.compare],
    "import": [partial(footprint.import_time, ("homespun", "torch"), rounds=15)],
    "estimator": [
        partial(estimator_speed.compare, estimator_speed.clothes, "fit", rounds=3),
        partial(estimator_speed.compare, estimator_speed.clothes, "predict", rounds=9),
        partial(estimator_speed.compare, estimator_speed.digits, "fit", rounds=9, epochs=50),
        partial(estimator_speed.compare, estimator_speed.digits, "predict", rounds=9, epochs=50),
    ],
    "skorch": [
        partial(skorch_speed.compare, n_samples=6_000, rounds=5),
        partial(footprint.import_time, ("homespun.estimators", "skorch"), rounds=9),
    ],
}
"""What can be compared, by the name that chooses it."""

SMOKE: dict[str, list[Callable[[], Section]]] = {
    "conv": [
        partial(conv_speed.compare, "4-8", (4, 0, 8, 0), batch=2, rounds=1, size=64),
        partial(conv_speed.compare, "recipe fast", "fast", batch=2, rounds=1, size=64),
    ],
    "predict": [partial(predict_speed.compare, "fast", 2, repeats=2, rounds=1)],
    "growth": [partial(growth.compare, 1, 1, growth.TINY, picture=None)],
    "equality": [equality.compare],
}
"""The same with next to nothing to do, to see that it runs: `run.py --smoke`."""


def main() -> None:
    """Run the comparisons that were named, or all, and write them down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"from {', '.join(COMPARISONS)}; all by default")
    parser.add_argument("--smoke", action="store_true", help="tiny; writes nothing")
    arguments = parser.parse_args()
    table = SMOKE if arguments.smoke else COMPARISONS
    names = arguments.names or list(table)
    sections = [_head(names)]
    for compare in (compare for name in names for compare in table[name]):
        sections.append(compare().to_markdown())
        print(sections[-1], flush=True)
    if arguments.smoke:
        return
    sections.append(footprint.sizes())
    print(sections[-1])
    RESULTS.write_text("\n".join(sections))


def _head(names: Sequence[str]) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"""# Results of `make bench`

Both sides ran in one run and took turns; judge by the ratios of medians, since machines are shared
and noisy. {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.
{versions}.
Compared in this run: {", ".join(names)}; there are {", ".join(COMPARISONS)}.
"""


if __name__ == "__main__":
    main()
