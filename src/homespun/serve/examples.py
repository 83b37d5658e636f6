"""Pictures to try, for those who have none at hand: they come with the package."""

from __future__ import annotations

import json
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Response

from homespun.serve.json_answer import JsonAnswer
from homespun.serve.problems import Problem
from homespun.serve.schemas import Example, problems

_FOLDER = files("homespun.serve") / "examples"
_KINDS = {"png": "image/png", "jpg": "image/jpeg"}


def examples_router() -> APIRouter:
    """Return the routes that list the examples and give each; all are read here, once."""
    router = APIRouter(tags=["examples"])
    titles: dict[str, str] = json.loads((_FOLDER / "titles.json").read_text("utf-8"))
    pictures = {name: (_FOLDER / name).read_bytes() for name in titles}
    listed: list[dict[str, Any]] = [
        {"name": name, "title": title, "url": f"/api/examples/{name}"}
        for name, title in titles.items()
    ]

    @router.get(
        "/api/examples",
        summary="Which pictures are there to try?",
        responses={200: {"model": list[Example]}, **problems(403)},
    )
    async def examples() -> JsonAnswer:
        return JsonAnswer(listed)

    @router.get(
        "/api/examples/{name}",
        summary="A picture to try",
        response_class=Response,
        responses={
            200: {"content": {kind: {} for kind in _KINDS.values()}},
            **problems(403, 404),
        },
    )
    async def example(name: str) -> Response:
        if name not in pictures:
            raise Problem(
                HTTPStatus.NOT_FOUND,
                "unknown-example",
                "there is no example of this name",
                "/api/examples lists them",
            )
        return Response(pictures[name], media_type=_KINDS[name.rpartition(".")[2]])

    return router
