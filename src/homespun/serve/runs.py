"""`/api/runs`: what was trained, what is being trained, and each epoch as it ends."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from homespun.errors import FileError, HomespunError
from homespun.files import read_bounded
from homespun.serve.batching import overloaded
from homespun.serve.events import Followers, follow
from homespun.serve.json_answer import JsonAnswer
from homespun.serve.life import Life
from homespun.serve.problems import Problem
from homespun.serve.run_state import RunReader, RunState
from homespun.serve.schemas import Run, RunBrief, problems
from homespun.serve.settings import Settings

_EVENTS = "text/event-stream"
_LARGEST_REPORT = 2**27
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""A report is one file that needs nothing: its style and its pictures stand in it."""


def runs_router(settings: Settings, life: Life) -> APIRouter:
    """Return the routes that show runs, where the settings name their folder.

    Args:
        settings: the folder, and how many may follow runs at one time.
        life: ends the streams with the server.
    """
    router = APIRouter(tags=["runs"])
    reader = None if settings.runs is None else RunReader(settings.runs)
    followers = Followers(settings.most_followers)

    async def read(name: str) -> RunState:
        try:
            return await asyncio.to_thread(_on(reader).read, name)
        except HomespunError as error:
            raise _unknown() from error

    @router.get(
        "/api/runs",
        summary="Which runs are there?",
        responses={200: {"model": list[RunBrief]}, **problems(403, 404)},
    )
    async def runs() -> JsonAnswer:
        found = await asyncio.to_thread(_on(reader).read_all)
        return JsonAnswer([run.brief() for run in found])

    @router.get(
        "/api/runs/{name}",
        summary="What did this run come to?",
        responses={200: {"model": Run}, **problems(403, 404)},
    )
    async def run(name: str) -> JsonAnswer:
        return JsonAnswer((await read(name)).full())

    @router.get(
        "/api/runs/{name}/events",
        summary="Each epoch of a run as it ends",
        response_class=Response,
        responses={200: {"content": {_EVENTS: {}}}, **problems(403, 404, 503)},
    )
    async def events(
        name: str, last_event_id: Annotated[str, Header(max_length=20)] = ""
    ) -> Response:
        """Send server-sent events: `epoch` with a row of the metrics, `state` when that changes.

        A client that comes again with `Last-Event-ID` gets what it has not seen. The stream ends
        when the run is trained no longer.
        """
        first = await read(name)
        if not followers.has_room:
            raise overloaded()
        seen = int(last_event_id) if last_event_id.isdecimal() else 0
        stream = followers.count(follow(first, lambda: read(name), life, seen))
        return StreamingResponse(stream, media_type=_EVENTS, headers={"X-Accel-Buffering": "no"})

    @router.get(
        "/runs/{name}/report.html",
        summary="The page of a run",
        response_class=Response,
        responses={200: {"content": {"text/html": {}}}, **problems(403, 404)},
    )
    async def report(name: str) -> Response:
        folder = await asyncio.to_thread(_on(reader).folder, name)
        if folder is None:
            raise _unknown()
        try:
            page = await asyncio.to_thread(read_bounded, folder.report, _LARGEST_REPORT)
        except FileError as error:
            raise Problem(
                HTTPStatus.NOT_FOUND,
                "no-report",
                "this run has no report yet",
                "homespun report makes it once the run has ended",
            ) from error
        headers = {"Content-Security-Policy": _REPORT_POLICY}
        return Response(page, media_type="text/html", headers=headers)

    return router


def _on(reader: RunReader | None) -> RunReader:
    if reader is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            "runs-off",
            "this server shows no runs",
            "start it with --runs FOLDER",
        )
    return reader


def _unknown() -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND,
        "unknown-run",
        "there is no such run, or its files are damaged",
        "/api/runs lists those that there are",
    )
