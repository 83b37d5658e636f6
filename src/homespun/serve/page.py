"""The page for people: a few files that come with the package, and what this server lets it do."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

if TYPE_CHECKING:
    from homespun.serve.settings import Settings

_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {"Cache-Control": "no-cache"}
"""A page of yesterday must not talk to the server of today."""


def page_router(settings: Settings) -> APIRouter:
    """Return what answers at `/`, `/runs`, `/page.json` and at one address a file of the page.

    All files are read here, once: there is no address from which another file could be had.

    Args:
        settings: how the server was started; the page shows only what that allows.
    """
    router = APIRouter(include_in_schema=False)
    answers = {f"/static/{name}": answer for name, answer in _files().items()}
    answers["/"] = answers.pop("/static/index.html")
    answers["/runs"] = answers.pop("/static/runs.html")
    for path, (content, kind) in answers.items():
        _add(router, path, content, kind)

    @router.get("/page.json")
    async def allowed() -> dict[str, bool | int]:
        return {
            "corrections": settings.corrections is not None,
            "runs": settings.runs is not None,
            "most_bytes": settings.max_body,
        }

    return router


def _files() -> dict[str, tuple[bytes, str]]:
    """Return the bytes and the kind of each file of the page, by name."""
    folder = files("homespun.serve") / "static"
    found = {}
    for file in folder.iterdir():
        kind = _KINDS.get(file.name[file.name.rfind(".") :])
        if kind is not None:
            found[file.name] = (file.read_bytes(), kind)
    return found


def _add(router: APIRouter, path: str, content: bytes, kind: str) -> None:
    async def answer() -> Response:
        return Response(content, media_type=kind, headers=_HEADERS)

    router.add_api_route(path, answer, methods=["GET", "HEAD"])
