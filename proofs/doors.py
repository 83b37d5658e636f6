"""The same answer at every door: Python, command line, web, ONNX and catalogue.

The pictures are of the official test file, each in a file of its own; some are made into photos
(benchmarks/made_photos.py), out of which the object has to be cut. Prints for each door how many
labels equal those of Python, and the largest difference of a probability. Nothing is chosen by it.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import numpy as np
import onnxruntime
import pyarrow.parquet as pq
from PIL import Image

from homespun.data import Preparation, load_fashion_mnist, prepare, read_photo
from homespun.export import about, export_onnx, export_photo_onnx, photo_inputs
from homespun.models.coming_along import packaged_model
from homespun.runs.find_model import find_model
from homespun.serve.app import create_app
from homespun.serve.settings import Settings
from homespun.storage import load
from homespun.types import Array

ROOT = Path(__file__).parent.parent
LIMIT = 1e-5
A_REQUEST = 8
"""Pictures sent to the web's door together."""

Answers: TypeAlias = dict[str, Mapping[str, Any]]
"""By file: `label`, `trust`, and `probabilities` by class."""


def write_pictures(folder: Path, n: int, n_photos: int) -> None:
    """Write the first `n` test pictures as files; of the first `n_photos` photos are made."""
    from made_photos import GROUNDS, make_photo, to_file  # found once main has said where

    rng = np.random.default_rng(0)
    grounds = list(GROUNDS)
    for i, image in enumerate(load_fashion_mnist()[1].images[:n, ..., 0]):
        if i < n_photos:
            photo = make_photo(image, grounds[i % len(grounds)], rng).pixels
            content = to_file(photo, orientation=1 + i % 8, quality=90)
            (folder / f"{i:05}.jpg").write_bytes(content)
        else:
            out = io.BytesIO()
            Image.fromarray(image).save(out, "PNG")
            (folder / f"{i:05}.png").write_bytes(out.getvalue())


def python(files: Sequence[Path], model_file: Path) -> Answers:
    """Return what `Model.answer` says."""
    model = load(model_file)
    preparation = model.preparation or Preparation()
    pictures = [prepare(read_photo(file), model.in_shape, preparation).pixels for file in files]
    answers = model.answer(np.stack(pictures)).named(model.class_names)
    return dict(zip((file.name for file in files), answers, strict=True))


def command_line(files: Sequence[Path], model_file: Path) -> Answers:
    """Return what `homespun predict` says of the folder."""
    folder = files[0].parent
    told = json.loads(_homespun("predict", folder, "--model", model_file, "--json"))
    return {Path(answer["file"]).name: answer for answer in told}


def web(files: Sequence[Path], model_file: Path) -> Answers:
    """Return what the application of `homespun serve` says."""
    return asyncio.run(_ask_web(files, model_file))


async def _ask_web(files: Sequence[Path], model_file: Path) -> Answers:
    app, found = create_app(Settings(model=model_file)), {}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        for first in range(0, len(files), A_REQUEST):
            some = files[first : first + A_REQUEST]
            sent = [("picture", (file.name, file.read_bytes())) for file in some]
            told = (await client.post("/api/predict", files=sent)).raise_for_status().json()
            found |= {answer["file"]: answer for answer in told["answers"]}
    return found


def onnx(files: Sequence[Path], model_file: Path) -> Answers:
    """Return what onnxruntime says: of photos from the cut-out on, of the others as they are."""
    model = load(model_file)
    ready, from_cut_out = (
        onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        for content in (export_onnx(model), export_photo_onnx(model))
    )
    names, preparation = about(model), model.preparation or Preparation()
    found = {}
    for file in files:
        photo = read_photo(file)
        inputs = photo_inputs(photo, model.in_shape, preparation)
        if inputs is not None:
            outputs = _run(from_cut_out, inputs)
        else:
            pixels = prepare(photo, model.in_shape, preparation).pixels
            outputs = _run(ready, {"pictures": pixels[np.newaxis]})
        probabilities = outputs["probabilities"][0].tolist()
        found[file.name] = {
            "label": names["class_names"][int(outputs["label"][0])],
            "trust": names["trust"][int(outputs["trust"][0])],
            "probabilities": dict(zip(names["class_names"], probabilities, strict=True)),
        }
    return found


def _run(session: onnxruntime.InferenceSession, inputs: Mapping[str, Array]) -> dict[str, Array]:
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(inputs)), strict=True))


def catalogue(files: Sequence[Path], model_file: Path) -> Answers:
    """Return what stands in the catalogue of the folder."""
    with tempfile.TemporaryDirectory() as name:
        output = Path(name, "catalogue.parquet")
        engine = ("--engine", "local", "--workers", 1)
        _homespun("catalog", files[0].parent, output, "--model", model_file, *engine)
        return {Path(row["path"]).name: row for row in pq.read_table(output).to_pylist()}


def _homespun(*arguments: object) -> str:
    command = [sys.executable, "-m", "homespun", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


DOORS: Mapping[str, Callable[[Sequence[Path], Path], Answers]] = {
    "command line": command_line,
    "web": web,
    "ONNX": onnx,
    "catalogue": catalogue,
}


def differs(door: str, found: Answers, expected: Answers) -> bool:
    """Print how one door's answers differ from Python's; return whether they do too much."""
    both = [(found[file], answer) for file, answer in expected.items() if file in found]
    labels, trust = (
        sum(other.get(key) == answer[key] for other, answer in both) for key in ("label", "trust")
    )
    gaps = [_gap(other, answer) for other, answer in both]
    largest = max(gaps, default=float("nan"))
    print(
        f"doors: {door}: {labels:,} of {len(expected):,} labels and {trust:,} words of trust as in "
        f"Python; probabilities differ by at most {largest:.0e}",
        flush=True,
    )
    return labels < len(expected) or not largest <= LIMIT


def _gap(found: Mapping[str, Any], expected: Mapping[str, Any]) -> float:
    """Return the largest difference of a probability; one that is missing is as far as can be."""
    others = found.get("probabilities") or {}
    probabilities = expected["probabilities"].items()
    return max(abs(others.get(name, float("inf")) - p) for name, p in probabilities)


def main() -> int:
    """Print the figures; return 1 if a label differs, or a probability by more than 1e-5."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=packaged_model(), help="a run or model file")
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--photos", type=int, default=100, help="so many of them as photos")
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT / "benchmarks"))
    model_file = find_model(chosen.model, Path("runs"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pictures(folder, chosen.pictures, chosen.photos)
        files = sorted(folder.iterdir())
        expected = python(files, model_file)
        print(f"doors: {len(files):,} pictures, {chosen.photos:,} of them photos", flush=True)
        answers = ((door, ask(files, model_file)) for door, ask in DOORS.items())
        failed = [door for door, found in answers if differs(door, found, expected)]
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
