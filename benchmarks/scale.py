"""Beyond one process: each part measured by a script of its own, on one page; `make scale` runs it.

    python benchmarks/scale.py [PART...] [--smoke]

A part is a script `scale_PART.py` beside this one that prints a section in Markdown on standard
output. What it printed last is kept in `scale/PART.md`, so that one part can be measured again
without the others; `scale.md` is all of them. With --smoke each part does next to nothing, to see
that it runs, and nothing is written.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER / "scale.md"
SECTIONS = FOLDER / "scale"
PARTS = ("training", "catalog", "tune")
PACKAGES = ("homespun", "numpy", "mpi4py", "mpich", "ray", "pyarrow", "optuna")


def main() -> None:
    """Measure the parts that were named, or all that there are, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"from {', '.join(PARTS)}")
    parser.add_argument("--smoke", action="store_true", help="tiny; writes nothing")
    arguments = parser.parse_args()
    if odd := set(arguments.parts) - set(PARTS):
        parser.error(f"no part is called {', '.join(odd)}; there are {', '.join(PARTS)}")
    for part in arguments.parts or PARTS:
        section = measure(part, ["--smoke"] if arguments.smoke else [])
        print(section, flush=True)
        if not arguments.smoke:
            SECTIONS.mkdir(exist_ok=True)
            (SECTIONS / f"{part}.md").write_text(section)
            PAGE.write_text(page(SECTIONS))


def measure(part: str, options: list[str]) -> str:
    """Return the section that the part's script prints; what else it says goes where ours goes."""
    script = FOLDER / f"scale_{part}.py"
    return subprocess.run(
        [sys.executable, str(script), *options], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def page(sections: Path) -> str:
    """Return the page of all sections that were ever measured, in their order."""
    there = [sections / f"{part}.md" for part in PARTS]
    return "\n".join([head(), *(path.read_text() for path in there if path.exists())])


def head() -> str:
    """Return what stands above them all."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"""# Beyond one process and one machine

Written by `make scale`. {platform.machine()}, {os.cpu_count()} cores, Python
{platform.python_version()}. {versions}.
"""


if __name__ == "__main__":
    main()
