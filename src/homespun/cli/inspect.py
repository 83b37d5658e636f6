"""`homespun inspect`: what stands in a model file, read without building the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from homespun.cli.output import AsJson, print_json, print_line
from homespun.storage import inspect as inspect_file

_TRUST = ("temperature", "smoothing", "sure_from", "thresholds", "preparation", "rejection")
"""What files tell of trust since format 2."""


def inspect(
    model: Annotated[Path, typer.Argument(metavar="FILE", help="A model.safetensors file.")],
    as_json: AsJson = False,
) -> None:
    """Print what is in a model file, without building the model.

    Classes, layers, weights, and how it came to be.
    """
    about = inspect_file(model)
    summary = {
        "format": about["format"],
        "classes": about["class_names"],
        "input_shape": about["in_shape"],
        "layers": about["network"],
        "arrays": about["arrays"],
        "weights": about["n_weights"],
        "weight_hash": about["weight_hash"],
        "scaling": about["scaling"],
        "loss": about["loss"],
        **{key: about.get(key) for key in _TRUST},
        "trained_on": about["record"],
    }
    if as_json:
        print_json(summary)
        return
    print_line(f"format       {summary['format']}")
    print_line(f"classes      {', '.join(summary['classes'])}")
    print_line(f"input        {' x '.join(map(str, summary['input_shape']))} pixels")
    print_line(f"weights      {summary['weights']:,}")
    print_line(f"weight hash  {summary['weight_hash']}")
    for line in _trust(summary):
        print_line(line)
    print_line("network")
    for line in _tree(summary["layers"], 1):
        print_line(line)
    for name, shape in summary["arrays"].items():
        print_line(f"  {name:12} {' x '.join(map(str, shape))}")
    for name, value in summary["trained_on"].items():
        print_line(f"{name:12} {value}")


def _trust(summary: dict[str, Any]) -> list[str]:
    """Return lines on calibration, rejection and preparation."""
    if summary["temperature"] is None:
        return ["calibration  none (format 1 knows of none)"]
    sure, rejection = summary["sure_from"], summary["rejection"]
    lines = [
        f"calibration  temperature {summary['temperature']}, smoothing {summary['smoothing']}",
        f"trust: yes   {'never' if sure is None else f'from {sure} on'}",
        "rejection    none"
        if not isinstance(rejection, dict)
        else f"rejection    above {rejection.get('threshold')}, layers {rejection.get('layers')}, "
        f"keeps {rejection.get('kept')}",
        f"photos       {_switches(summary['preparation'])}",
    ]
    if summary["thresholds"] is not None:
        lines.append(f"thresholds   {summary['thresholds']}")
    return lines


def _switches(preparation: Any) -> str:
    if not isinstance(preparation, dict):
        return "nobody has said how they are prepared"
    return ", ".join(name if on else f"no {name}" for name, on in preparation.items())


def _tree(part: dict[str, Any], depth: int) -> list[str]:
    """Return a line for each layer, the inner ones further in."""
    settings, inner = [], []
    for name, value in part.items():
        if isinstance(value, list):
            inner += [item for item in value if isinstance(item, dict)]
        elif isinstance(value, dict) and "part" in value:
            inner.append(value)
        elif isinstance(value, dict):
            settings.append(f"{name}={value.get('function')}")
        elif name != "part":
            settings.append(f"{name}={value}")
    line = f"{'  ' * depth}{part.get('part')}({', '.join(settings)})"
    return [line, *(deeper for layer in inner for deeper in _tree(layer, depth + 1))]
