"""What OpenAPI says of bodies of the Open Inference Protocol, which the routes read themselves."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from homespun.serve.tensors import DATATYPES

_NUMBERS = {"type": "array", "items": {"type": "integer"}}
_PARAMETERS = {"type": "object", "description": "Extensions; none is needed."}


def _tensor(datatype: Mapping[str, Any], **more: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a tensor with this datatype, and maybe more members."""
    members = {"name": {"type": "string"}, "datatype": datatype, "shape": _NUMBERS}
    members |= {"parameters": _PARAMETERS, **more}
    return {"type": "object", "required": ["name", "datatype", "shape"], "properties": members}


_TENSOR = _tensor({"type": "string"})
_OUTPUT = _tensor({"type": "string"}, data={"type": "array", "items": {}})
_INPUT = _tensor(
    {"enum": list(DATATYPES)},
    data={
        "type": "array",
        "description": "Pixels, 0 to 255, row by row: all in one list, or nested as the shape.",
        "items": {},
    },
)

_BODY = {
    "type": "object",
    "required": ["inputs"],
    "properties": {
        "id": {"type": "string", "description": "Comes back with the answer."},
        "parameters": _PARAMETERS,
        "inputs": {"type": "array", "items": _INPUT, "minItems": 1, "maxItems": 1},
        "outputs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"enum": ["probabilities", "labels", "trust"]},
                    "parameters": _PARAMETERS,
                },
            },
        },
    },
}

_ANSWER = {
    "type": "object",
    "required": ["model_name", "outputs"],
    "properties": {
        "model_name": {"type": "string"},
        "model_version": {"type": "string"},
        "id": {"type": "string"},
        "outputs": {"type": "array", "items": _OUTPUT},
    },
}

_MODEL = {
    "type": "object",
    "required": ["name", "platform"],
    "properties": {
        "name": {"type": "string"},
        "versions": {"type": "array", "items": {"type": "string"}},
        "platform": {"type": "string"},
        "inputs": {"type": "array", "items": _TENSOR},
        "outputs": {"type": "array", "items": _TENSOR},
    },
}

_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}


def failing(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of the protocol's errors with these statuses."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {"application/json": {"schema": _ERROR}},
        }
        for status in statuses
    }


def _good(schema: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "OK", "content": {"application/json": {"schema": schema}}}}


MODEL = _good(_MODEL) | failing(404)
RESPONSE = _good(_ANSWER) | failing(400, 404, 413, 503)
REQUEST = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}},
}
