"""The file as others read it: sound, the same bytes each time, with all that it must tell."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pytest

from homespun.data import Dataset
from homespun.errors import MissingExtraError
from homespun.export import OPSET, about, export_onnx, export_photo_onnx, signature
from homespun.models import Model
from homespun.nn import BinaryCrossEntropy, Chain, Dense, Flatten


def test_real_pictures_are_answered_as_the_model_answers_them(
    packaged: Model, fashion_mnist: tuple[Dataset, Dataset], session: Any
) -> None:
    images = fashion_mnist[1].images[:300]
    found = session(export_onnx(packaged))(pictures=images)
    expected = packaged.answer(images)
    assert np.abs(found["probabilities"] - expected.probabilities).max() < 1e-5
    assert found["label"].tolist() == packaged.predict(images).tolist()
    trust = json.loads(packaged_metadata(packaged)["trust"])
    assert [trust[i] for i in found["trust"]] == list(expected.trust)
    assert set(expected.trust) == {"yes", "unsure", "unlike"}
    np.testing.assert_allclose(found["unlikeness"], expected.unlikeness, atol=1e-4)


def packaged_metadata(model: Model) -> dict[str, str]:
    file = onnx.load_from_string(export_onnx(model))
    return {entry.key: entry.value for entry in file.metadata_props}


def test_the_batch_is_free(packaged: Model, drawn: Any, session: Any) -> None:
    answering = session(export_onnx(packaged))
    for n in (0, 1, 7):
        found = answering(pictures=drawn(n, packaged.in_shape))
        assert found["probabilities"].shape == (n, 10)
        assert found["trust"].shape == found["label"].shape == found["unlikeness"].shape == (n,)


@pytest.mark.parametrize("write", [export_onnx, export_photo_onnx])
def test_the_checker_accepts_it_and_its_operators_are_plain(
    write: Callable[[Model], bytes], packaged: Model
) -> None:
    content = write(packaged)
    file = onnx.load_from_string(content)
    onnx.checker.check_model(file, full_check=True)
    assert [(each.domain, each.version) for each in file.opset_import] == [("", OPSET)]
    assert {node.domain for node in file.graph.node} == {""}
    names = [name for node in file.graph.node for name in node.output]
    assert len(names) == len(set(names))
    assert write(packaged) == content, "the same model gives the same bytes"


def test_what_a_file_tells(packaged: Model) -> None:
    told = {name: json.loads(value) for name, value in packaged_metadata(packaged).items()}
    assert told == about(packaged)
    assert told["class_names"] == list(packaged.class_names)
    assert told["weight_hash"] == packaged.parameters.weight_hash()
    assert told["preparation"]["cut_out"] is True
    assert told["sure_from"] == packaged.sure_from
    assert told["unlike_above"] == packaged.rejection.threshold
    assert told["thresholds"] is None


def test_names_of_classes_may_be_of_any_script(
    new_model: Callable[..., Model], session: Any
) -> None:
    model = new_model(Chain(Flatten(), Dense(2)), class_names=("Röcke & Hosen", "靴"))
    told = session(export_onnx(model)).runtime.get_modelmeta().custom_metadata_map
    assert json.loads(told["class_names"]) == ["Röcke & Hosen", "靴"]


def test_nothing_of_how_a_model_came_to_be_leaves_the_house(packaged: Model) -> None:
    record = {"settings": {"folder": "/home/somebody/secret pictures"}}
    content = export_onnx(replace(packaged, record=record))
    assert b"secret" not in content


def test_thresholds_are_told_where_labels_are_many(new_model: Callable[..., Model]) -> None:
    model = new_model(Chain(Flatten(), Dense(2)), loss=BinaryCrossEntropy())
    assert about(model)["thresholds"] == [0.5, 0.5]
    assert about(replace(model, thresholds=(0.2, 0.9)))["thresholds"] == [0.2, 0.9]


def test_its_signature(packaged: Model) -> None:
    told = signature(export_onnx(packaged))
    assert told["inputs"] == [{"name": "pictures", "type": "uint8", "shape": ["n", 28, 28, 1]}]
    assert [each["name"] for each in told["outputs"]] == [
        "probabilities", "label", "unlikeness", "trust"
    ]  # fmt: skip
    photo = signature(export_photo_onnx(packaged))
    assert [(each["name"], each["shape"]) for each in photo["inputs"]] == [
        ("photo", ["photo_height", "photo_width", 3]),
        ("mask", ["mask_height", "mask_width"]),
    ]


def test_without_onnx_it_says_what_to_install(
    packaged: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"exporting a model needs onnx.*homespun\[onnx\]"):
        export_onnx(packaged)
