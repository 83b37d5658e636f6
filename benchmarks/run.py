"""All comparisons, written to benchmarks/results.md beside this file; `make bench` runs it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import article_speed
import conv_speed
import estimator_speed
import footprint
import mlp_speed
import skorch_speed

RESULTS = Path(__file__).with_name("results.md")
PACKAGES = ("homespun", "numpy", "scipy", "scikit-learn", "torch", "skorch")


def main() -> None:
    """Run every comparison and keep the page up to date after each."""
    sections = [_head()]
    for compare in (
        lambda: article_speed.compare(rounds=5),
        lambda: mlp_speed.compare(hidden=(128,), batch=128, rounds=7),
        lambda: mlp_speed.compare(hidden=(256, 256), batch=256, rounds=7),
        lambda: estimator_speed.compare(estimator_speed.clothes, "fit", rounds=3),
        lambda: estimator_speed.compare(estimator_speed.clothes, "predict", rounds=9),
        lambda: estimator_speed.compare(estimator_speed.digits, "fit", rounds=9, epochs=50),
        lambda: estimator_speed.compare(estimator_speed.digits, "predict", rounds=9, epochs=50),
        lambda: skorch_speed.compare(n_samples=6_000, rounds=5),
        lambda: conv_speed.compare("32-64-128, 7.5 M", conv_speed.SMALL, batch=128, rounds=6),
        lambda: conv_speed.compare("32-64-64-128-128, 22 M", conv_speed.LARGE, batch=128, rounds=6),
        lambda: footprint.import_time(rounds=15),
    ):
        sections.append(compare().to_markdown())
        print(sections[-1])
    sections.append(footprint.sizes())
    print(sections[-1])
    RESULTS.write_text("\n".join(sections))


def _head() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"""# Results of `make bench`

Both sides ran in one run and took turns; judge by the ratios of medians, since machines are shared
and noisy. {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.
{versions}.
"""


if __name__ == "__main__":
    main()
