"""`homespun export`: a trained model as an ONNX file, which runs without homespun."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from homespun.cli.output import AsJson, print_json, print_line
from homespun.errors import SettingError
from homespun.export import OPSET, about, export_onnx, export_photo_onnx, signature
from homespun.files import write_durably
from homespun.runs.find_model import find_model
from homespun.storage import load

_RUNS = Path("runs")
_ENDING = ".onnx"


def export(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="[RUN] FILE",
            help="A run's folder or a model file, and the ONNX file to write. Without RUN it is "
            "the newest run in runs/, or else the model that comes with the package.",
        ),
    ],
    from_cut_out: Annotated[
        bool,
        typer.Option(
            "--from-cut-out",
            help="Let the file take a photo and a mask of the object in it, and prepare the "
            "picture itself. Without it the file takes pictures that are ready.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a trained model as an ONNX file.

    Scaling, calibration and trust are inside. With --json all is printed that a program needs to
    know of the file: inputs, outputs, names of classes, how photos are prepared.
    """
    *named, target = files
    if len(named) > 1 or target.suffix.lower() != _ENDING:
        raise SettingError(
            f"export: name a run, if any, and then the file to write, which ends in {_ENDING}: "
            f"homespun export runs/fast-1 model{_ENDING}"
        )
    model = load(find_model(named[0] if named else None, _RUNS))
    content = export_photo_onnx(model) if from_cut_out else export_onnx(model)
    write_durably(target, content)
    told = signature(content)
    if as_json:
        facts = {"file": str(target), "bytes": len(content), "opset": OPSET}
        print_json({**facts, **told, **about(model)})
        return
    print_line(f"{target}  {len(content):,} bytes, ONNX operators of set {OPSET}")
    for kind, values in told.items():
        for value in values:
            shape = " x ".join(map(str, value["shape"]))
            print_line(f"{kind[:-1]:7} {value['name']:14} {value['type']:8} {shape}")
