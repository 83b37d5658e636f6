from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI

from homespun.data import Scaling
from homespun.models import Model
from homespun.nn import Chain, Dense, Flatten, Parameters, SoftmaxCrossEntropy
from homespun.serve.kserve import Said, kserve_router
from homespun.serve.problems import Problem
from homespun.serve.served import Holder, Served
from homespun.types import Array

SHAPE = (4, 5, 1)
NAMES = ("coat", "dress", "Röcke & Hosen")
HASH = "ab" * 32


def made_model(seed: int = 0) -> Model:
    network = Chain(Flatten(), Dense(3))
    parameters = Parameters(network.init(np.random.default_rng(seed), SHAPE)[0])
    scaling = Scaling((100.0,), (80.0,))
    return Model(network, parameters, SoftmaxCrossEntropy(), scaling, SHAPE, NAMES, sure_from=0.5)


def served(model: Model, name: str = "my model") -> Served:
    return Served(model, Path("model.safetensors"), name, HASH, datetime(2026, 1, 1, tzinfo=UTC))


def pictures(n: int) -> Array:
    return np.random.default_rng(n).integers(0, 256, (n, *SHAPE), dtype=np.uint8)


def inputs(images: Array, **changes: Any) -> dict[str, Any]:
    tensor = {"name": "pictures", "datatype": "UINT8", "shape": list(images.shape)}
    return {"inputs": [tensor | {"data": images.ravel().tolist()} | changes]}


class Server:
    """The routes of the protocol over one model."""

    def __init__(self) -> None:
        self.model = made_model()
        self.holder = Holder(served(self.model))
        self.is_ready = True
        self.asked: list[int] = []
        self.problem: Problem | None = None
        self.app = FastAPI()
        self.app.include_router(kserve_router(self.holder, self.ask, 16, lambda: self.is_ready))

    async def ask(self, served: Served, some: Sequence[Array]) -> list[Said | Problem]:
        self.asked.append(len(some))
        model = served.model
        answers = model.answer(np.stack(some), threads=1).named(model.class_names)
        return answers if self.problem is None else [*answers[:-1], self.problem]

    def call(self, method: str, path: str, **what: Any) -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
                return await client.request(method, path, **what)

        return asyncio.run(answer())

    def infer(self, request: Any, path: str = "/v2/models/my model/infer") -> httpx.Response:
        return self.call("POST", path, json=request)


@pytest.fixture
def server() -> Server:
    return Server()


def test_the_server_says_what_it_is(server: Server) -> None:
    for path in ("/v2", "/v2/"):
        said = server.call("GET", path).json()
        assert said["name"] == "homespun"
        assert said["extensions"] == ["binary_tensor_data"]
        assert said["version"]


def test_probes_say_whether_it_lives_and_takes_requests(server: Server) -> None:
    paths = ("/v2/health/live", "/v2/health/ready", "/v2/models/my model/ready")
    assert [server.call("GET", path).status_code for path in paths] == [200, 200, 200]
    assert server.call("GET", paths[2]).json() == {"name": "my model", "ready": True}
    server.is_ready = False
    assert [server.call("GET", path).status_code for path in paths] == [200, 503, 503]
    assert server.call("GET", paths[1]).json()["ready"] is False


def test_the_model_says_what_it_takes_and_gives(server: Server) -> None:
    for path in ("/v2/models/my model", f"/v2/models/my model/versions/{HASH}"):
        said = server.call("GET", path).json()
        assert (said["name"], said["versions"]) == ("my model", [HASH])
        assert said["inputs"] == [{"name": "pictures", "datatype": "UINT8", "shape": [-1, *SHAPE]}]
        assert [(each["name"], each["shape"]) for each in said["outputs"]] == [
            ("probabilities", [-1, 3]),
            ("labels", [-1]),
            ("trust", [-1]),
        ]
        assert said["outputs"][0]["parameters"]["labels"] == list(NAMES)


@pytest.mark.parametrize("n", [0, 1, 40])
def test_answers_are_those_of_the_model(server: Server, n: int) -> None:
    images = pictures(n)
    said = server.infer(inputs(images) | {"id": "42"}).json()
    assert (said["model_name"], said["model_version"], said["id"]) == ("my model", HASH, "42")
    found = {output["name"]: output for output in said["outputs"]}
    expected = server.model.answer(images, threads=1)
    assert found["probabilities"]["shape"] == [n, 3]
    given = np.array(found["probabilities"]["data"], np.float32).reshape(n, 3)
    np.testing.assert_allclose(given, expected.probabilities, rtol=1e-6)
    assert found["labels"]["data"] == [NAMES[i] for i in server.model.predict(images)]
    assert found["trust"]["data"] == list(expected.trust)
    assert server.asked == {0: [], 1: [1], 40: [16, 16, 8]}[n]


def test_bytes_in_and_bytes_out_mean_the_same(server: Server) -> None:
    images = pictures(2)
    expected = server.model.answer(images, threads=1)
    content = images.astype("<f4").tobytes()
    request = {
        "inputs": [
            {
                "name": "pictures",
                "datatype": "FP32",
                "shape": list(images.shape),
                "parameters": {"binary_data_size": len(content)},
            }
        ],
        "outputs": [
            {"name": "labels"},
            {"name": "probabilities", "parameters": {"binary_data": True}},
        ],
    }
    head = json.dumps(request).encode()
    answer = server.call(
        "POST",
        "/v2/models/my model/infer",
        content=head + content,
        headers={"Inference-Header-Content-Length": str(len(head))},
    )
    length = int(answer.headers["inference-header-content-length"])
    labels, probabilities = json.loads(answer.content[:length])["outputs"]
    assert labels["data"] == [NAMES[i] for i in server.model.predict(images)]
    assert probabilities["parameters"]["binary_data_size"] == 2 * 3 * 4
    given = np.frombuffer(answer.content[length:], "<f4").reshape(2, 3)
    np.testing.assert_allclose(given, expected.probabilities, rtol=1e-6)


@pytest.mark.parametrize(
    "path",
    [
        "/v2/models/other",
        "/v2/models/other/ready",
        "/v2/models/my model/versions/1",
        "/v2/models/my model/versions/1/ready",
    ],
)
def test_another_model_or_version_is_not_here(server: Server, path: str) -> None:
    answer = server.call("GET", path)
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]
    assert server.infer(inputs(pictures(1)), f"{path}/infer").status_code == 404


def test_a_request_that_is_none_gets_the_error_of_the_protocol(server: Server) -> None:
    answer = server.infer(inputs(pictures(1), datatype="BYTES"))
    assert answer.status_code == 400
    assert "datatype is none of" in answer.json()["error"]


def test_a_problem_of_the_server_becomes_an_error_of_the_protocol(server: Server) -> None:
    server.problem = Problem(503, "overloaded", "too busy", "come again", {"Retry-After": "1"})
    answer = server.infer(inputs(pictures(3)))
    assert answer.status_code == 503
    assert answer.json() == {"error": "too busy: come again"}
    assert answer.headers["retry-after"] == "1"


def test_a_request_keeps_to_the_model_that_it_began_with(server: Server) -> None:
    other = Served(made_model(1), Path("m"), "my model", "cd" * 32, datetime.now(UTC))
    images, first = pictures(40), server.ask

    async def swapping(served: Served, some: Sequence[Array]) -> list[Said | Problem]:
        server.holder.take(other)
        return await first(served, some)

    app = FastAPI()
    app.include_router(kserve_router(server.holder, swapping))
    server.app = app
    said = server.infer(inputs(images)).json()
    assert said["model_version"] == HASH
    assert said["outputs"][1]["data"] == [NAMES[i] for i in server.model.predict(images)]
    assert server.infer(inputs(images)).json()["model_version"] == "cd" * 32


def test_openapi_describes_the_request(server: Server) -> None:
    described = server.call("GET", "/openapi.json").json()["paths"]["/v2/models/{name}/infer"]
    content = described["post"]["requestBody"]["content"]["application/json"]
    assert content["schema"]["required"] == ["inputs"]
    assert set(described["post"]["responses"]) >= {"200", "400", "404", "503"}
