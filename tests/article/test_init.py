from __future__ import annotations

import subprocess
import sys

import homespun.article


def test_importing_the_room_imports_neither_matplotlib_nor_jinja2() -> None:
    look = "import sys, homespun.article; print({'matplotlib', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_everything_listed_is_there() -> None:
    for name in homespun.article.__all__:
        assert getattr(homespun.article, name).__doc__
