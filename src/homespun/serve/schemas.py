"""What goes in and out, for the description of the API (OpenAPI) and with examples in it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from homespun.serve.problems import MEDIA_TYPE

_PICTURE = {"type": "string", "format": "binary"}

PREDICT_BODY: dict[str, Any] = {
    "required": True,
    "description": "The bytes of one picture, or a form with one or more files called `picture`.",
    "content": {
        "image/*": {"schema": _PICTURE},
        "application/octet-stream": {"schema": _PICTURE},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"picture": {"type": "array", "items": _PICTURE, "minItems": 1}},
                "required": ["picture"],
            }
        },
    },
}

CORRECTION_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "picture": _PICTURE,
                    "label": {"type": "string", "example": "Coat"},
                },
                "required": ["picture", "label"],
            }
        }
    },
}


class _Schema(BaseModel):
    model_config = ConfigDict(protected_namespaces=())


class ProblemDetails(_Schema):
    """What is wrong with a request (RFC 9457)."""

    type: str = Field(examples=["/docs#unknown-format"])
    title: str = Field(examples=["Unsupported Media Type"])
    status: int = Field(examples=[415])
    detail: str = Field(examples=["the picture is a PDF document, which is not read"])
    code: str = Field(description="A name that programs may rely on.", examples=["unknown-format"])
    what_to_do: str = Field(examples=["send a JPEG, PNG, WebP, BMP or GIF picture"])


class ModelName(_Schema):
    """Which model answered."""

    name: str = Field(examples=["packaged"])
    weight_hash: str = Field(description="SHA-256 of its weights.")


class StepShown(_Schema):
    """A step of a photo's preparation."""

    name: str = Field(examples=["cut_out"])
    title: str = Field(examples=["the background taken away"])
    picture: str | None = Field(description="A data: address; null where it was not taken.")
    can_be_switched: bool
    is_on: bool


class SimilarPicture(_Schema):
    """A training picture that is like the one in question."""

    label: str = Field(examples=["Coat"])
    picture: str = Field(description="A data: address.")
    distance: float = Field(description="Euclid's, in the last hidden layer.")


class AnswerOrError(_Schema):
    """What is said of one picture, or why nothing is."""

    file: str = Field(examples=["coat.jpg"])
    label: str | None = Field(None, examples=["Coat"])
    probability: float | None = Field(None, ge=0, le=1, examples=[0.93])
    trust: Literal["yes", "unsure", "unlike"] | None = Field(None, examples=["yes"])
    trust_words: str | None = Field(None, examples=["yes"])
    probabilities: dict[str, float] | None = Field(
        None, examples=[{"Coat": 0.93, "Pullover": 0.05, "Shirt": 0.02}]
    )
    milliseconds: float | None = Field(
        None, description="From when it had come to its answer.", examples=[41.7]
    )
    steps: list[StepShown] | None = None
    occlusion: str | None = Field(None, description="A data: address.")
    similar: list[SimilarPicture] | None = None
    error: str | None = Field(None, description="Why this picture has no answer.")
    code: str | None = Field(None, description="The problem's code.")


class Predicted(_Schema):
    """The answers to the pictures of one request, in their order."""

    model: ModelName
    answers: list[AnswerOrError]


class PreparationStep(_Schema):
    """A step that photos go through."""

    name: str = Field(examples=["cut_out"])
    title: str = Field(examples=["the background taken away"])
    on: bool


class ModelInfo(_Schema):
    """The model that answers."""

    name: str = Field(examples=["packaged"])
    weight_hash: str
    classes: list[str] = Field(examples=[["Coat", "Pullover", "Shirt"]])
    input_shape: list[int] = Field(examples=[[28, 28, 1]])
    preparation: list[PreparationStep]
    recipe: str | None = Field(examples=["photo"])
    accuracy: float | None = Field(description="On pictures held out, where it is known.")
    trust: str = Field(description="What `trust: yes` promises, in a sentence.")
    loaded_at: str
    has_similar: bool = Field(description="Whether training pictures are at hand to be shown.")


class Example(_Schema):
    """A picture to try."""

    name: str = Field(examples=["boot.png"])
    title: str = Field(examples=["an ankle boot of the test file"])
    url: str = Field(examples=["/api/examples/boot.png"])


class RunBrief(_Schema):
    """A run in a list."""

    name: str = Field(examples=["fast-1"])
    recipe: str = Field(examples=["fast"])
    epochs: int = Field(description="How many it is to have.", examples=[30])
    epochs_done: int
    is_training: bool
    seconds_left: float | None = Field(description="About; while it is trained.")
    accuracy: float | None = Field(description="Of the test or validation part, once it ended.")
    report: str | None = Field(description="The address of its page.")


class Run(RunBrief):
    """A run with all that its folder says."""

    settings: dict[str, Any]
    result: dict[str, Any] | None
    metrics: list[dict[str, float | None]] = Field(description="A row for each epoch.")


class Kept(_Schema):
    """Where a corrected picture lies, within the folder of corrections."""

    kept: str


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of these refusals."""
    return {status: _refusal(status) for status in statuses}


def with_problems(api: dict[str, Any]) -> dict[str, Any]:
    """Return the description with our problems in place of FastAPI's own errors."""
    for path in api["paths"].values():
        for operation in path.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                operation["responses"]["422"] = _refusal(422)
    known = api["components"]["schemas"]
    known.pop("HTTPValidationError", None)
    known.pop("ValidationError", None)
    known["ProblemDetails"] = ProblemDetails.model_json_schema()
    return api


def _refusal(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}
