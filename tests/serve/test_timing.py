from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI, Response
from starlette.types import Message, Scope

from homespun.serve.metrics import Metrics
from homespun.serve.timing import TimedRequests


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def get(metrics: Metrics) -> Callable[[str], int]:
    """Asks an application for a path, and gives the status."""
    app = FastAPI()

    @app.get("/things/{name}")
    async def thing(name: str) -> str:
        if name == "bad":
            raise RuntimeError("bad")
        return name

    @app.get("/events")
    async def events() -> Response:
        return Response("data: 1\n\n", media_type="text/event-stream")

    app.add_middleware(TimedRequests, metrics=metrics)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def ask(path: str) -> int:
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return (await client.get(path)).status_code

    return lambda path: asyncio.run(ask(path))


def lines(metrics: Metrics) -> list[str]:
    return metrics.shown().decode().splitlines()


def test_requests_are_counted_by_the_pattern_of_their_path(
    get: Callable[[str], int], metrics: Metrics
) -> None:
    for path in ("/things/a", "/things/b", "/nothing", "/wp-login.php"):
        get(path)
    found = lines(metrics)
    start = "homespun_requests_total{"
    assert f'{start}method="GET",route="/things/{{name}}",status="200"}} 2.0' in found
    assert f'{start}method="GET",route="other",status="404"}} 2.0' in found
    assert 'homespun_request_seconds_count{route="/things/{name}"} 2.0' in found
    assert "homespun_requests_under_way 0.0" in found
    assert "wp-login" not in "".join(found)


def test_a_stream_of_events_has_no_duration(get: Callable[[str], int], metrics: Metrics) -> None:
    get("/events")
    found = lines(metrics)
    assert 'homespun_requests_total{method="GET",route="/events",status="200"} 1.0' in found
    assert "homespun_request_seconds_count" not in "".join(found)


def test_an_error_is_counted_as_one(get: Callable[[str], int], metrics: Metrics) -> None:
    assert get("/things/bad") == 500
    found = "\n".join(lines(metrics))
    assert 'route="/things/{name}",status="500"} 1.0' in found
    assert "homespun_requests_under_way 0.0" in found


def test_a_client_that_goes_away_is_counted(metrics: Metrics) -> None:
    async def app(scope: Scope, receive: object, send: object) -> None:
        raise ConnectionError

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    timed = TimedRequests(app, metrics)
    with pytest.raises(ConnectionError):
        asyncio.run(timed({"type": "http", "method": "GET", "path": "/"}, receive, send))
    found = "\n".join(lines(metrics))
    assert 'homespun_requests_total{method="GET",route="other",status="aborted"} 1.0' in found
    assert "homespun_requests_under_way 0.0" in found


def test_what_is_no_request_passes(metrics: Metrics) -> None:
    seen = []

    async def app(scope: Scope, receive: object, send: object) -> None:
        seen.append(scope["type"])

    asyncio.run(TimedRequests(app, metrics)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
    assert "homespun_requests_total{" not in "".join(lines(metrics))
