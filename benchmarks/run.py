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
import estimator_speed
import footprint
import mlp_speed
import skorch_speed
from harness import Comparison

RESULTS = Path(__file__).with_name("results.md")
PACKAGES = ("homespun", "numpy", "scipy", "scikit-learn", "torch", "skorch")


COMPARISONS: dict[str, list[Callable[[], Comparison]]] = {
    "article": [partial(article_speed.compare, rounds=5)],
    "mlp": [
        partial(mlp_speed.compare, hidden=(128,), batch=128, rounds=7),
        partial(mlp_speed.compare, hidden=(256, 256), batch=256, rounds=7),
    ],
    "conv": [
        partial(conv_speed.compare, "32-64-128, 7.5 M", conv_speed.SMALL, batch=128, rounds=6),
        partial(conv_speed.compare, "32-64-64-128-128, 22 M", conv_speed.LARGE, 128, rounds=6),
    ],
    "import": [partial(footprint.import_time, rounds=15)],
    "estimator": [
        partial(estimator_speed.compare, estimator_speed.clothes, "fit", rounds=3),
        partial(estimator_speed.compare, estimator_speed.clothes, "predict", rounds=9),
        partial(estimator_speed.compare, estimator_speed.digits, "fit", rounds=9, epochs=50),
        partial(estimator_speed.compare, estimator_speed.digits, "predict", rounds=9, epochs=50),
    ],
    "skorch": [partial(skorch_speed.compare, n_samples=6_000, rounds=5)],
}
"""What can be compared, by the name that chooses it."""


def main() -> None:
    """Run the comparisons that were named, or all, and write them down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"from {', '.join(COMPARISONS)}; all by default")
    names = parser.parse_args().names or list(COMPARISONS)
    sections = [_head(names)]
    for compare in (compare for name in names for compare in COMPARISONS[name]):
        sections.append(compare().to_markdown())
        print(sections[-1], flush=True)
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
