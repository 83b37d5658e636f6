from __future__ import annotations

import io
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from homespun.data import Preparation, Scaling, prepare, read_photo
from homespun.models import Model
from homespun.nn import Chain, Dense, Flatten, Parameters, ReLU, SoftmaxCrossEntropy
from homespun.storage import save

NAMES = ("hat", "Röcke & Hosen", "t-shirt")
SHAPE = (12, 12, 3)
BROKEN = {"cut.jpg": b"\xff\xd8\xff\xe0 and no more", "empty.png": b"", "words.JPG": b"not a photo"}


def make_model(seed: int) -> Model:
    """A small network that nobody trained, sure of some of its answers."""
    rng = np.random.default_rng(seed)
    network = Chain(Flatten(), Dense(20), ReLU(), Dense(3))
    parameters = Parameters(network.init(rng, SHAPE)[0])
    parameters.vector[:] = rng.normal(0, 0.2, parameters.vector.size)
    return Model(
        network,
        parameters,
        SoftmaxCrossEntropy(),
        Scaling((120.0,) * 3, (60.0,) * 3),
        SHAPE,
        NAMES,
        sure_from=0.7,
        preparation=Preparation.plain(),
    )


def photo(seed: int) -> bytes:
    """The file of a photo like no other; JPEG or PNG, in colour or grey."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (6, 5 + seed % 3, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    image = Image.fromarray(pixels).convert("L" if seed % 4 == 3 else "RGB")
    out = io.BytesIO()
    image.save(out, format="PNG" if seed % 2 else "JPEG")
    return out.getvalue()


@pytest.fixture(scope="session")
def new_photo() -> Callable[[int], bytes]:
    """(seed) -> the bytes of a photo's file."""
    return photo


@pytest.fixture(scope="session")
def model() -> Model:
    return make_model(0)


@pytest.fixture(scope="session")
def model_file(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("a model") / "model.safetensors"
    save(model, path)
    return path


@pytest.fixture(scope="session")
def other_model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("another model") / "model.safetensors"
    save(make_model(1), path)
    return path


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder tree with 24 photos, and three files that are called so."""
    root = tmp_path_factory.mktemp("my shop")
    for i in range(24):
        place = root / ("", "hats", "hats/straw")[i % 3] / f"{i:02}.{'png' if i % 2 else 'jpg'}"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(photo(i))
    for name, content in BROKEN.items():
        (root / "hats" / name).write_bytes(content)
    (root / "notes.txt").write_text("no picture")
    (root / ".hidden.jpg").write_bytes(photo(0))
    return root


@pytest.fixture(scope="session")
def order(pictures: Path) -> list[str]:
    """The pictures of the tree in the order of a catalogue."""
    folders = ("", "hats", "hats/straw")
    files = [sorted(p for p in (pictures / f).iterdir() if p.is_file()) for f in folders]
    return [
        path.relative_to(pictures).as_posix()
        for path in chain.from_iterable(files)
        if path.suffix != ".txt" and path.name[0] != "."
    ]


@pytest.fixture(scope="session")
def answer_of(model: Model) -> Callable[[bytes], dict[str, Any]]:
    """(bytes of a photo) -> what every door says of it alone."""

    def answer(content: bytes) -> dict[str, Any]:
        pixels = prepare(read_photo(content), SHAPE, Preparation.plain()).pixels
        return model.answer(pixels[np.newaxis]).named(NAMES)[0]

    return answer


@pytest.fixture(scope="session")
def check_catalog(
    pictures: Path, order: list[str], answer_of: Callable[[bytes], dict[str, Any]]
) -> Callable[[Path], None]:
    """(catalogue of the tree) -> nothing, where each row is right, bit for bit."""

    def check(output: Path) -> None:
        rows = pq.read_table(output).to_pylist()
        assert [row["id"] for row in rows] == list(range(27))
        assert [row["path"] for row in rows] == order
        for row in rows:
            name = row["path"].split("/")[-1]
            found = {key: row[key] for key in ("label", "probability", "trust", "probabilities")}
            if name in BROKEN:
                assert row["error"]
                assert str(pictures) not in row["error"]
                assert found == dict.fromkeys(found)
            else:
                assert row["error"] is None
                assert found == answer_of((pictures / row["path"]).read_bytes())

    return check
