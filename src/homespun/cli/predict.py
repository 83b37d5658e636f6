"""`homespun predict`: what a run's model says about single pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from homespun.cli.options import DataFolder, Threads
from homespun.cli.output import AsJson, print_json, print_line, say
from homespun.data import Dataset, load_fashion_mnist, read_idx_images
from homespun.errors import SettingError
from homespun.models import Model
from homespun.runs import find_run, latest_run
from homespun.storage import load
from homespun.types import ByteArray

_DIGITS = 20
"""More digits than any picture's number has; so long a name is a file's."""


def predict(
    pictures: Annotated[
        list[str],
        typer.Argument(
            metavar="PICTURE...",
            help="Numbers of pictures in the official test file (0 to 9999), or IDX files.",
        ),
    ],
    run: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="A run's folder. Default: the newest in runs/."),
    ] = None,
    data: DataFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Classify pictures: the likeliest class, and how likely it is."""
    folder = latest_run(Path("runs")) if run is None else find_run(run)
    model = load(folder.model)
    answers = list(_answers(model, pictures, data, threads))
    if as_json:
        print_json(answers)
        return
    for answer in answers:
        truth = f"  (truth: {answer['truth']})" if "truth" in answer else ""
        print_line(f"{answer['file']}  {answer['label']}  {answer['probability']:.1%}{truth}")


def _answers(
    model: Model, pictures: Sequence[str], data: Path | None, threads: int | None
) -> Iterator[dict[str, Any]]:
    numbers = {picture: int(picture) for picture in pictures if _is_number(picture)}
    test = load_fashion_mnist(data, say=say)[1] if numbers else None
    for picture in pictures:
        if test is not None and picture in numbers:
            images, truth = _from_test_file(test, numbers[picture])
            (answer,) = _classify(model, images, threads)
            yield {"file": f"test file, picture {picture}", "truth": truth, **answer}
        else:
            images = read_idx_images(picture)
            for i, answer in enumerate(_classify(model, images, threads)):
                yield {"file": f"{picture}, picture {i}", **answer}


def _is_number(picture: str) -> bool:
    return picture.isdecimal() and len(picture) < _DIGITS


def _from_test_file(test: Dataset, number: int) -> tuple[ByteArray, str]:
    if number >= len(test):
        raise SettingError(
            f"picture {number}: the test file holds pictures 0 to {len(test) - 1}; "
            "name one of these, or an IDX file"
        )
    return test.images[[number]], test.class_names[test.labels[number]]


def _classify(model: Model, images: ByteArray, threads: int | None) -> Iterator[dict[str, Any]]:
    for probabilities in model.predict_proba(images, threads).astype(np.float64):
        named = dict(zip(model.class_names, probabilities.tolist(), strict=True))
        label = max(named, key=named.__getitem__)
        yield {"label": label, "probability": named[label], "probabilities": named}
