"""Tensors in, tensors out, as other model servers do it: the Open Inference Protocol (KServe v2).

Source: Open Inference Protocol, "HTTP/REST" (inference_rest.md).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version as version_of
from typing import Any, TypeAlias

import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from homespun.serve.kserve_schema import MODEL, REQUEST, RESPONSE, failing
from homespun.serve.problems import Problem
from homespun.serve.served import Holder, Served
from homespun.serve.tensors import Wanted, read_request, write_tensor
from homespun.types import ByteArray

Said: TypeAlias = Mapping[str, Any]
"""What `Answers.named` says of a picture."""

Ask: TypeAlias = Callable[[Served, Sequence[ByteArray]], Awaitable[Sequence[Said | Problem]]]
"""Gives what is said of some pictures, each (height, width, channel)."""

OUTPUTS = ("probabilities", "labels", "trust")

_JSON_LENGTH = "Inference-Header-Content-Length"


def kserve_router(
    holder: Holder, ask: Ask, at_once: int = 16, is_ready: Callable[[], bool] = lambda: True
) -> APIRouter:
    """Return the routes of the protocol, all under `/v2`.

    A model's one version is the hash of its weights, so that a client can ask for exactly the
    weights that it was tried with.

    Args:
        holder: the model that answers.
        ask: answers pictures.
        at_once: pictures of one request that wait together, so that it leaves room to others.
        is_ready: whether requests are welcome; False while the server ends.
    """
    router = APIRouter(prefix="/v2", tags=["Open Inference Protocol"], route_class=_ProtocolRoute)

    @router.get("", summary="What this server is")
    @router.get("/", include_in_schema=False)
    async def server() -> dict[str, Any]:
        version = version_of("homespun")
        return {"name": "homespun", "version": version, "extensions": ["binary_tensor_data"]}

    @router.get("/health/live", summary="Whether the server runs")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/health/ready", summary="Whether it takes requests", responses=failing(503))
    async def ready() -> Response:
        # Two names for one thing: the protocol's text says `live`, its implementations `ready`.
        return _readiness({"ready": is_ready(), "live": True})

    @router.get("/models/{name}", summary="What the model takes and gives", responses=MODEL)
    @router.get("/models/{name}/versions/{version}", include_in_schema=False)
    async def about(request: Request, name: str) -> dict[str, Any]:
        return _about(_found(holder, name, request))

    @router.get("/models/{name}/ready", summary="Whether it answers", responses=failing(404, 503))
    @router.get("/models/{name}/versions/{version}/ready", include_in_schema=False)
    async def model_ready(request: Request, name: str) -> Response:
        return _readiness({"name": _found(holder, name, request).name, "ready": is_ready()})

    @router.post(
        "/models/{name}/infer",
        summary="Answers to pictures that are ready for the network",
        responses=RESPONSE,
        openapi_extra=REQUEST,
    )
    @router.post("/models/{name}/versions/{version}/infer", include_in_schema=False)
    async def infer(request: Request, name: str) -> Response:
        served = _found(holder, name, request)
        body, length = await request.body(), request.headers.get(_JSON_LENGTH)
        try:
            wanted = await asyncio.to_thread(
                read_request, body, length, served.model.in_shape, OUTPUTS
            )
        except ValueError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, str(error)) from error
        answers: list[Said] = []
        for start in range(0, len(wanted.pictures), at_once):
            answers += await _answers(served, wanted.pictures[start : start + at_once], ask)
        return _response(served, wanted, answers)

    return router


class _ProtocolRoute(APIRoute):
    """A route whose errors are those of the protocol: `{"error": "..."}` with an HTTP status."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await answer(request)
            except HTTPException as error:
                told = str(error.detail)
                if isinstance(error, Problem):
                    told += f": {error.what_to_do}"
                return JSONResponse({"error": told}, error.status_code, error.headers)

        return handled


def _found(holder: Holder, name: str, request: Request) -> Served:
    """Return the model that an address names, with or without a version."""
    served, version = holder.current, request.path_params.get("version")
    if name != served.name:
        problem = f"there is no model of this name; the one here is {served.name!r}"
        raise HTTPException(HTTPStatus.NOT_FOUND, problem)
    if version not in (None, served.weight_hash):
        problem = f"the model has another version; the one here is {served.weight_hash}"
        raise HTTPException(HTTPStatus.NOT_FOUND, problem)
    return served


def _readiness(state: Mapping[str, Any]) -> Response:
    status = HTTPStatus.OK if state["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse(dict(state), status)


def _about(served: Served) -> dict[str, Any]:
    names = list(served.model.class_names)
    return {
        "name": served.name,
        "versions": [served.weight_hash],
        "platform": "homespun_safetensors",
        "inputs": [
            {"name": "pictures", "datatype": "UINT8", "shape": [-1, *served.model.in_shape]}
        ],
        "outputs": [
            {
                "name": "probabilities",
                "datatype": "FP32",
                "shape": [-1, len(names)],
                "parameters": {"labels": names},
            },
            {"name": "labels", "datatype": "BYTES", "shape": [-1]},
            {"name": "trust", "datatype": "BYTES", "shape": [-1]},
        ],
    }


async def _answers(served: Served, pictures: ByteArray, ask: Ask) -> list[Said]:
    answers: list[Said] = []
    for answer in await ask(served, list(pictures)):
        if isinstance(answer, Problem):
            raise answer
        answers.append(answer)
    return answers


def _response(served: Served, wanted: Wanted, answers: Sequence[Said]) -> Response:
    """Return the tensors that were asked for, and the bytes of some after the JSON."""
    names = served.model.class_names
    values = {
        "probabilities": np.array(
            [[answer["probabilities"][name] for name in names] for answer in answers], np.float32
        ).reshape(len(answers), len(names)),
        "labels": np.array([answer["label"] for answer in answers], np.str_),
        "trust": np.array([answer["trust"] for answer in answers], np.str_),
    }
    tensors = [
        write_tensor(name, values[name], as_bytes=as_bytes)
        for name, as_bytes in wanted.outputs.items()
    ]
    about = {
        "model_name": served.name,
        "model_version": served.weight_hash,
        "outputs": [tensor for tensor, _ in tensors],
    }
    if wanted.id is not None:
        about["id"] = wanted.id
    head = json.dumps(about).encode()
    if not any(wanted.outputs.values()):
        return Response(head, media_type="application/json")
    content = b"".join((head, *(each for _, each in tensors)))
    length = {_JSON_LENGTH: str(len(head))}
    return Response(content, headers=length, media_type="application/octet-stream")
