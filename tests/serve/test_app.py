"""What the parts say of themselves: the model, the description of the API, its page, settings."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Scaling
from homespun.errors import ModelFileError, SettingError
from homespun.models import Model
from homespun.models.coming_along import packaged_model
from homespun.nn import Chain, Dense, Flatten, Parameters, SoftmaxCrossEntropy
from homespun.runs.folder import RunFolder
from homespun.runs.folder import Settings as RunSettings
from homespun.serve.codes import CODES
from homespun.serve.model_info import describe, trust_sentence
from homespun.serve.schemas import ModelInfo
from homespun.serve.served import Holder, load_served
from homespun.serve.settings import Settings
from homespun.storage import load, save


def made_model(shape: tuple[int, ...] = (4, 5, 1), **about: Any) -> Model:
    network = Chain(Flatten(), Dense(2))
    parameters = Parameters(network.init(np.random.default_rng(0), shape)[0])
    scaling = Scaling((100.0,) * shape[2], (80.0,) * shape[2])
    names = ("coat", "dress")
    return Model(network, parameters, SoftmaxCrossEntropy(), scaling, shape, names, **about)


def test_the_model_says_what_it_is(client: Any) -> None:
    told = client.get("/api/model").json()
    path = packaged_model()
    assert path
    model = load(path)
    assert ModelInfo.model_validate(told).model_dump() == told
    assert told["name"] == "packaged"
    assert told["weight_hash"] == model.parameters.weight_hash()
    assert told["classes"] == list(model.class_names)
    assert told["input_shape"] == [28, 28, 1]
    assert all(step["on"] for step in told["preparation"])
    assert told["accuracy"] == model.record["judged"]["the official test file"]["accuracy"]
    assert "97%" in told["trust"]


def test_a_runs_model_has_the_runs_name_and_accuracy(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "fast-1")
    run.path.mkdir()
    model = made_model(record={"settings": {"recipe": "mlp"}})
    save(model, run.model)
    test = dict.fromkeys(
        ("accuracy", "confusion", "ece", "interval", "loss", "n", "per_class"), 0
    ) | {"accuracy": 0.75}
    result = dict.fromkeys(("epochs", "best_epoch", "stopped", "seconds", "weights"), 0)
    result |= {"weight_hash": model.parameters.weight_hash(), "test": test}
    run.write_record(RunSettings("mlp", 0, 1, 50), {"data": {}, "made_with": {}, "result": result})
    told = describe(load_served(run.model))
    assert (told["name"], told["recipe"], told["accuracy"]) == ("fast-1", "mlp", 0.75)
    assert told["trust"] == trust_sentence(model)
    assert "no answer" in told["trust"]

    other = run.path / "other.safetensors"  # not what the record is of
    shutil.copy(run.model, other)
    changed = replace(model, parameters=model.parameters.with_vector(model.parameters.vector + 1))
    save(changed, other)
    assert describe(load_served(other))["accuracy"] is None
    assert load_served(other).name == "other"


def test_models_of_anything_but_pictures_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "two channels.safetensors"
    save(made_model((4, 5, 2)), path)
    with pytest.raises(ModelFileError, match="which photos cannot be brought to"):
        load_served(path)


def test_a_successor_is_announced_once_it_answers() -> None:
    path = packaged_model()
    assert path
    one, other = load_served(path), load_served(path)
    heard = []
    holder = Holder(one, lambda new: heard.append((new, holder.current)))
    assert holder.current is one
    holder.take(other)
    assert heard == [(other, other)]


def test_settings_that_cannot_work() -> None:
    for wrong in ({"queue": 0}, {"workers": 0}, {"max_body": 0}, {"port": 65536}, {"port": -1}):
        with pytest.raises(SettingError, match="serve: "):
            Settings(Path("model"), **wrong)
    assert Settings(Path("model")).n_workers >= 1


def test_the_description_has_every_address_with_its_refusals_and_examples(client: Any) -> None:
    api = client.get("/openapi.json").json()
    assert {
        "/api/predict", "/api/model", "/api/examples", "/api/examples/{name}", "/api/corrections",
        "/api/runs", "/api/runs/{name}", "/api/runs/{name}/events", "/runs/{name}/report.html",
    } <= set(api["paths"])  # fmt: skip
    predict = api["paths"]["/api/predict"]["post"]
    assert set(predict["requestBody"]["content"]) == {
        "image/*", "application/octet-stream", "multipart/form-data",
    }  # fmt: skip
    for status in ("400", "403", "408", "413", "415", "422", "503"):
        assert "application/problem+json" in predict["responses"][status]["content"]
    assert api["components"]["schemas"]["ProblemDetails"]["properties"]["code"]["examples"]
    references = set(re.findall(r"#/components/schemas/(\w+)", client.get("/openapi.json").text))
    assert references <= set(api["components"]["schemas"])


class Page(HTMLParser):
    """What a page takes from where, and what it holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.taken: list[str] = []
        self.ids: list[str] = []
        self.styled = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        about = dict(attrs)
        self.tags.append(tag)
        self.taken += [about[name] for name in ("href", "src") if name in about]
        self.ids += [about["id"]] if "id" in about else []
        self.styled |= "style" in about or any(name.startswith("on") for name in about)


def test_the_page_of_the_api_needs_nothing_from_elsewhere(client: Any) -> None:
    response = client.get("/docs")
    page = Page(response.text)
    assert all(address.startswith("/") for address in page.taken)
    for address in page.taken:
        assert client.get(address).status_code == 200, address
    assert not {"script", "style", "iframe"} & set(page.tags)
    assert not page.styled
    assert set(CODES) <= set(page.ids)
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in unescape(response.text)
    assert "curl -F picture=@" in unescape(response.text)


def test_nothing_in_the_description_can_break_its_page(client: Any) -> None:
    response = client.get("/docs", headers={"Host": 'localhost"><script>'})
    assert client.problem(403, response) == "foreign-host"


def test_unknown_addresses_and_methods_are_problems(client: Any) -> None:
    assert client.problem(404, client.get("/nowhere")) == "not-found"
    response = client.get("/api/predict")
    assert client.problem(405, response) == "method-not-allowed"
    assert response.headers["allow"] == "POST"
