from __future__ import annotations

import json
import platform
import subprocess
import sys
from importlib.metadata import version

import numpy as np

from homespun.runs.versions import differences, versions


def test_versions_are_those_of_this_process_and_plain_json() -> None:
    found = versions()
    assert json.loads(json.dumps(found)) == found
    assert found["numpy"] == np.__version__
    assert found["homespun"] == version("homespun")
    assert found["python"] == platform.python_version()
    assert len(set(found["kernels"])) == len(found["kernels"])


def test_what_else_is_loaded_makes_no_difference() -> None:
    code = (
        "{}import json; from homespun.runs.versions import versions; print(json.dumps(versions()))"
    )
    told = [
        subprocess.check_output([sys.executable, "-c", code.format(first)])
        for first in ("", "import sklearn.cluster; ")  # which brings OpenMP
    ]
    assert told[0] == told[1]


def test_differences_name_what_was_and_what_is() -> None:
    then = {"numpy": "2.0", "kernels": ["openblas Haswell"], "python": "3.11.2", "odd": 1}
    now = {"numpy": "2.1", "kernels": ["openblas Zen"], "python": "3.11.2", "odd": 2}
    assert differences(then, now) == [
        "NumPy was 2.0, is 2.1",
        "matrix kernels was openblas Haswell, is openblas Zen",
    ]
    assert differences(then, then) == []
    assert differences({}, now) == [], "an older record does not tell"
