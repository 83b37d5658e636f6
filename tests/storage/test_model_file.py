from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from homespun import nn
from homespun.data import Scaling
from homespun.errors import FileError, ModelFileError
from homespun.models import Model
from homespun.storage import inspect, load, save
from homespun.types import Shape

NewModel = Callable[..., Model]

NETWORKS: list[tuple[nn.Layer, Shape]] = [
    (nn.Chain(nn.Flatten(), nn.Dense(2)), (2, 3, 1)),
    (nn.Chain(nn.Flatten(), nn.Dense(2, bias=False, initializer=nn.glorot_uniform)), (2, 3, 1)),
    (nn.Chain(nn.Flatten(), nn.Dense(4), nn.Sigmoid(), nn.Dense(2)), (2, 3, 1)),
    (nn.Chain(nn.Flatten(), nn.Dense(4), nn.Tanh(), nn.Dense(2)), (2, 3, 1)),
    (nn.Chain(nn.Flatten(), nn.Dense(4), nn.GELU(), nn.Dense(2)), (2, 3, 1)),
    (nn.Chain(nn.Flatten(), nn.Dense(4), nn.ReLU(), nn.Dropout(0.5), nn.Dense(2)), (2, 3, 1)),
    (nn.Chain(nn.Flatten(), nn.Residual(nn.Chain(nn.Dense(6), nn.Tanh())), nn.Dense(2)), (2, 3, 1)),
    (nn.Chain(nn.Conv2D(3), nn.BatchNorm(), nn.MaxPool2D(2), nn.Flatten(), nn.Dense(2)), (4, 4, 3)),
    (nn.Chain(nn.Conv2D(2, (2, 3), (1, 2), (0, 1)), nn.GlobalAvgPool()), (4, 4, 1)),
    (nn.Chain(nn.AvgPool2D(), nn.Conv2D(2, bias=False), nn.GlobalMaxPool()), (4, 4, 1)),
    (nn.Chain(nn.PooledConv2D(2), nn.GlobalMaxPool()), (4, 4, 1)),
    (nn.Flatten(), (1, 2, 1)),
]


@pytest.mark.parametrize(("network", "in_shape"), NETWORKS, ids=repr)
def test_a_model_comes_back_bit_for_bit(
    tmp_path: Path, new_model: NewModel, network: nn.Layer, in_shape: Shape
) -> None:
    model = new_model(network, in_shape)
    for name, array in model.parameters.named().items():
        if name.endswith("running_var"):  # a variance is never negative
            np.abs(array, out=array)
    save(model, tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.parameters.vector.tobytes() == model.parameters.vector.tobytes()
    assert again.parameters.vector.dtype == np.float32
    assert again.network == model.network
    assert again.in_shape == model.in_shape
    pictures = np.random.default_rng(1).integers(0, 256, (5, *in_shape), dtype=np.uint8)
    assert again.predict_proba(pictures).tobytes() == model.predict_proba(pictures).tobytes()


def test_the_round_trip_covers_every_layer() -> None:
    kinds = {"Residual", "Chain"}
    for network, _ in NETWORKS:
        kinds |= {type(layer).__name__ for layer in getattr(network, "layers", (network,))}
    layers = {
        name
        for name in nn.__all__
        if dataclasses.is_dataclass(getattr(nn, name)) and isinstance(getattr(nn, name), nn.Layer)
    }
    assert kinds == layers


@pytest.mark.parametrize(
    "loss",
    [nn.SoftmaxCrossEntropy(0.05), nn.BinaryCrossEntropy(), nn.SquaredError()],
    ids=repr,
)
def test_all_but_the_weights_comes_back_too(
    tmp_path: Path, new_model: NewModel, loss: nn.Loss
) -> None:
    model = new_model(
        nn.Chain(nn.Flatten(), nn.Dense(3)),
        (1, 2, 3),
        loss=loss,
        scaling=Scaling((0.0, 1 / 3, 255.0), (1e-6, 0.1, 127.5)),
        class_names=("Kleid", "コート", '"; rm -rf "'),
        record={"settings": {"seed": 2**64 - 1}, "accuracy": 0.1 + 0.2, "note": None, "list": [1]},
    )
    save(model, tmp_path / "model")
    again = load(tmp_path / "model")
    for name in ("loss", "scaling", "class_names", "record"):
        assert getattr(again, name) == getattr(model, name)


def test_odd_but_finite_weights_keep_every_bit(tmp_path: Path, small_model: Model) -> None:
    odd = np.array([0.0, -0.0, 1e-45, -1e-45, 16777217, -1e7, 1 / 3], np.float32)
    vector = np.resize(odd, small_model.parameters.vector.size)
    model = dataclasses.replace(small_model, parameters=small_model.parameters.with_vector(vector))
    save(model, tmp_path / "model")
    assert load(tmp_path / "model").parameters.vector.tobytes() == vector.tobytes()


def test_the_same_model_gives_the_same_bytes(tmp_path: Path, small_model: Model) -> None:
    for name in ("a", "b"):
        save(small_model, tmp_path / name)
    save(load(tmp_path / "a"), tmp_path / "c")
    contents = {(tmp_path / name).read_bytes() for name in "abc"}
    assert len(contents) == 1


def test_other_programs_can_read_the_weights(tmp_path: Path, small_model: Model) -> None:
    save(small_model, tmp_path / "model")
    arrays = load_file(tmp_path / "model")
    named = small_model.parameters.named()
    assert arrays.keys() == named.keys()
    assert all(np.array_equal(arrays[name], named[name]) for name in named)


def test_inspect_says_what_stands_there(
    tmp_path: Path, small_model: Model, open_up: Callable[[bytes], Any]
) -> None:
    save(small_model, tmp_path / "model")
    about = inspect(tmp_path / "model")
    assert about["format"] == 2
    assert about["in_shape"] == [2, 3, 1]
    assert about["class_names"] == ["class 0", "class 1"]
    assert about["network"]["part"] == "Chain"
    assert [layer["part"] for layer in about["network"]["layers"]][:3] == [
        "Flatten",
        "Dense",
        "ReLU",
    ]
    assert about["arrays"] == {
        "1.W": [6, 3],
        "1.b": [3],
        "3.0.W": [3, 3],
        "5.W": [3, 2],
        "5.b": [2],
    }
    assert about["n_weights"] == 6 * 3 + 3 + 3 * 3 + 3 * 2 + 2
    assert about["record"] == small_model.record
    # the hash is that of the numbers, in the order of the layers
    numbers = b"".join(a.astype("<f4").tobytes() for a in small_model.parameters.named().values())
    assert about["weight_hash"] == hashlib.sha256(numbers).hexdigest()
    assert json.loads(json.dumps(about)) == about


def test_inspect_needs_no_layer_that_it_knows(
    tmp_path: Path, small_model: Model, open_up: Callable[[bytes], Any]
) -> None:
    save(small_model, tmp_path / "model")
    opened = open_up((tmp_path / "model").read_bytes())
    opened.about["network"]["layers"][0]["part"] = "Folded"
    (tmp_path / "model").write_bytes(opened.closed())
    assert inspect(tmp_path / "model")["network"]["layers"][0]["part"] == "Folded"
    with pytest.raises(ModelFileError, match="unknown part 'Folded'"):
        load(tmp_path / "model")


def with_first_weight(model: Model, value: float) -> Model:
    vector = model.parameters.vector.copy()
    vector[0] = value
    return dataclasses.replace(model, parameters=model.parameters.with_vector(vector))


def with_float64(model: Model) -> Model:
    params, _ = model.network.init(np.random.default_rng(0), model.in_shape)
    return dataclasses.replace(model, parameters=nn.Parameters(params, np.float64))


def with_huge_weights(model: Model) -> Model:
    vector = np.full_like(model.parameters.vector, 3e38)
    return dataclasses.replace(model, parameters=model.parameters.with_vector(vector))


def nested(model: Model) -> Model:
    network: nn.Layer = nn.ReLU()
    for _ in range(40):
        network = nn.Residual(network)
    return dataclasses.replace(model, network=nn.Chain(*model.network.layers, network))


UNSTORABLE: dict[str, tuple[Callable[[Model], Model], str]] = {
    "nan": (lambda m: with_first_weight(m, np.nan), "some weights are not finite"),
    "infinity": (lambda m: with_first_weight(m, -np.inf), "some weights are not finite"),
    "answers beyond float32": (with_huge_weights, "answers to plain pictures are not finite"),
    "float64": (with_float64, "float64 instead of float32"),
    "a name too few": (lambda m: dataclasses.replace(m, class_names=("a",)), "1 class names"),
    "names of another kind": (lambda m: dataclasses.replace(m, class_names=(0, 1)), "not all text"),
    "another shape": (lambda m: dataclasses.replace(m, in_shape=(2, 4, 1)), "weights"),
    "too deep": (nested, "deep"),
    "a record with nan": (lambda m: dataclasses.replace(m, record={"a": np.nan}), "not JSON"),
    "a record with a set": (lambda m: dataclasses.replace(m, record={"a": {1}}), "not JSON"),
    "a huge record": (lambda m: dataclasses.replace(m, record={"a": "x" * 2**20}), "another kind"),
}


@pytest.mark.parametrize(("change", "problem"), UNSTORABLE.values(), ids=UNSTORABLE.keys())
def test_what_could_not_be_loaded_is_not_written(
    tmp_path: Path, small_model: Model, change: Callable[[Model], Model], problem: str
) -> None:
    path = tmp_path / "model"
    save(small_model, path)
    before = path.read_bytes()
    with pytest.raises(ModelFileError, match=f"model: was not written.*{problem}"):
        save(change(small_model), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model"]


@dataclasses.dataclass(frozen=True)
class Foreign(nn.ReLU):
    pass


def test_a_foreign_layer_is_not_written(tmp_path: Path, new_model: NewModel) -> None:
    model = new_model(nn.Chain(nn.Flatten(), Foreign(), nn.Dense(2)))
    with pytest.raises(TypeError, match="Foreign cannot be stored"):
        save(model, tmp_path / "model")
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_the_old_model(
    tmp_path: Path, small_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "model"
    save(small_model, path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left"):
        save(with_first_weight(small_model, 5.0), path)
    assert load(path).parameters.weight_hash() == small_model.parameters.weight_hash()


@pytest.mark.parametrize("read", [load, inspect])
def test_a_missing_file_and_a_folder_are_named(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    with pytest.raises(FileError, match="missing: cannot be read"):
        read(tmp_path / "missing")
    with pytest.raises(FileError, match="is not a file"):
        read(tmp_path)
