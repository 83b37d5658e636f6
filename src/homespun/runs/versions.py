"""What besides settings and data can move the last bits of a weight: versions and the machine."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

_NAMES = {
    "homespun": "homespun",
    "numpy": "NumPy",
    "python": "Python",
    "machine": "machine",
    "processor": "processor",
    "kernels": "matrix kernels",
}


def versions() -> dict[str, Any]:
    """Return the versions and the machine of this process; plain JSON values."""
    kernels = [
        f"{pool['internal_api']} {pool.get('architecture')}"
        for pool in threadpool_info()
        if pool["user_api"] == "blas"  # whatever else is loaded by now multiplies no matrices
    ]
    return {
        "homespun": version("homespun"),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": _processor(),
        "kernels": sorted(set(kernels)),
    }


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a line for each entry that differs; what one of them does not tell is passed over."""
    return [
        f"{name} was {_shown(then[key])}, is {_shown(now[key])}"
        for key, name in _NAMES.items()
        if key in then and key in now and then[key] != now[key]
    ]


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _processor() -> str:
    """Return the processor's name where the system tells it; Linux does so in a file alone."""
    try:
        with open(Path("/proc/cpuinfo"), encoding="utf-8", errors="replace") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model n")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
