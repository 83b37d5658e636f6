from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun import nn
from homespun.data import Preparation
from homespun.errors import ModelFileError
from homespun.models import Model, Rejection
from homespun.models.inside import Inside, telling_layers
from homespun.storage import inspect, load, save

PICTURES = np.random.default_rng(5).integers(0, 256, (40, 2, 3, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def trusted(new_model: Callable[..., Model]) -> Model:
    """A model with all that format 2 holds; its rejection looks at a hidden layer and the last."""
    network = nn.Chain(nn.Flatten(), nn.Dense(4), nn.ReLU(), nn.Dense(2))
    model = new_model(network)
    layers = telling_layers(network)
    features = model.predict_logits(PICTURES)
    rng = np.random.default_rng(0)
    inside, _ = Inside(network, layers).forward(
        model.parameters.views, model.scaling(PICTURES), train=False, rng=rng
    )
    np.testing.assert_array_equal(inside[:, -2:], features)
    parts = np.split(inside, [4], axis=1)
    return dataclasses.replace(
        model,
        temperature=0.75,
        smoothing=0.1,
        sure_from=0.9,
        thresholds=(0.25, 1.0),
        preparation=Preparation.plain(fill=True),
        rejection=Rejection.fit(layers, parts, np.arange(40) % 2, 2, parts),
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, trusted: Model) -> bytes:
    path = tmp_path_factory.mktemp("good") / "model"
    save(trusted, path)
    return path.read_bytes()


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_all_of_it_comes_back(tmp_path: Path, trusted: Model, good: bytes) -> None:
    path = tmp_path / "model"
    path.write_bytes(good)
    again = load(path)
    for name in ("temperature", "smoothing", "sure_from", "thresholds", "preparation"):
        assert getattr(again, name) == getattr(trusted, name)
    mine, theirs = trusted.answer(PICTURES), again.answer(PICTURES)
    assert theirs.trust == mine.trust
    assert theirs.unlikeness is not None
    assert mine.unlikeness is not None
    assert theirs.unlikeness.tobytes() == mine.unlikeness.tobytes()
    assert theirs.probabilities.tobytes() == mine.probabilities.tobytes()
    save(again, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == good


def test_the_hash_is_that_of_the_weights_alone(tmp_path: Path, trusted: Model) -> None:
    save(trusted, tmp_path / "model")
    about = inspect(tmp_path / "model")
    assert about["weight_hash"] == trusted.parameters.weight_hash()
    assert about["n_weights"] == 6 * 4 + 4 + 4 * 2 + 2
    assert about["rejection"]["layers"] == [2, 3]


CHANGES: list[tuple[str, Any]] = [
    ("temperature", 0),
    ("temperature", -1.0),
    ("temperature", 1e9),
    ("temperature", None),
    ("temperature", True),
    ("smoothing", -0.1),
    ("smoothing", 0.5),
    ("sure_from", 1.5),
    ("sure_from", "0.9"),
    ("thresholds", [0.5]),
    ("thresholds", [0.5, 2]),
    ("thresholds", 0.5),
    ("preparation", []),
    ("preparation", {"shell": True}),
    ("preparation", {"cut_out": 1}),
    ("rejection", None),
    ("rejection", []),
    ("rejection.layers", []),
    ("rejection.layers", [3]),
    ("rejection.layers", [2, 2]),
    ("rejection.layers", [3, 2]),
    ("rejection.layers", [1, 2]),
    ("rejection.layers", [2, 4]),
    ("rejection.layers", [-1, 3]),
    ("rejection.layers", [1, 2, 3]),
    ("rejection.depths", []),
    ("rejection.depths.0", {}),
    ("rejection.depths.0.rest", 0),
    ("rejection.depths.0.spread", -1),
    ("rejection.depths.1.spread", 1e-40),
    ("rejection.depths.1.usual", "0"),
    ("rejection.threshold", None),
    ("rejection.kept", 1.1),
]


@pytest.mark.parametrize(("place", "value"), CHANGES, ids=repr)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, good: bytes, open_up: Callable[[bytes], Any], place: str, value: Any
) -> None:
    opened = open_up(good)
    *parents, last = place.split(".")
    target = opened.about
    for parent in parents:
        target = target[int(parent)] if isinstance(target, list) else target[parent]
    target[int(last) if isinstance(target, list) else last] = value
    refused(tmp_path / "model", opened.closed())


@pytest.mark.parametrize(
    "name", ["temperature", "smoothing", "sure_from", "thresholds", "preparation", "rejection"]
)
def test_nothing_may_be_missing(
    tmp_path: Path, good: bytes, open_up: Callable[[bytes], Any], name: str
) -> None:
    opened = open_up(good)
    del opened.about[name]
    assert f"its {name} is missing" in refused(tmp_path / "model", opened.closed())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("means", np.nan),
        ("scale", 0.0),
        ("scale", -1.0),
        ("directions", 2.0),
        ("variances", 0.0),
        ("variances", np.inf),
    ],
)
def test_numbers_that_no_rejection_has_are_refused(
    tmp_path: Path, good: bytes, open_up: Callable[[bytes], Any], name: str, value: float
) -> None:
    opened = open_up(good)
    start, _ = opened.header[f"rejection.0.{name}"]["data_offsets"]
    numbers = bytearray(opened.numbers)
    numbers[start : start + 4] = np.float32(value).tobytes()
    opened.numbers = bytes(numbers)
    assert f"rejection.0.{name}" in refused(tmp_path / "model", opened.closed())


def test_an_array_of_another_shape_or_name_is_refused(
    tmp_path: Path, good: bytes, open_up: Callable[[bytes], Any]
) -> None:
    opened = open_up(good)
    opened.header["rejection.0.means"]["shape"].reverse()
    assert "rejection.0.means" in refused(tmp_path / "model", opened.closed())
    opened = open_up(good)
    opened.header["rejection.5.means"] = opened.header.pop("rejection.1.means")
    assert "rejection.1.means" in refused(tmp_path / "model", opened.closed())


def test_a_scale_that_drowns_the_score_is_refused(
    tmp_path: Path, good: bytes, open_up: Callable[[bytes], Any]
) -> None:
    """1e-45 is above 0, and what is divided by it is beyond float32 but not beyond float64."""
    opened = open_up(good)
    for name in ("scale", "variances"):
        start, end = opened.header[f"rejection.0.{name}"]["data_offsets"]
        numbers = bytearray(opened.numbers)
        numbers[start:end] = np.full((end - start) // 4, 1e-45, np.float32).tobytes()
        opened.numbers = bytes(numbers)
    path = tmp_path / "model"
    path.write_bytes(opened.closed())
    try:
        model = load(path)
    except ModelFileError:
        return
    assert np.isfinite(model.answer(PICTURES).unlikeness).all()
