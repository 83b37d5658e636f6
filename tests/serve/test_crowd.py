from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from homespun.serve import crowd
from homespun.serve.crowd import TurnedAway
from homespun.serve.headers import HEADERS
from homespun.serve.metrics import Metrics

WHOLE = {"type": "http.request", "body": b"a picture", "more_body": False}


@pytest.fixture(autouse=True)
def pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "PAUSE", 0.1)


class Door:
    """The middleware with an application that reads the body, and what a client is told by it."""

    def __init__(self, *, has_room: bool) -> None:
        self.metrics = Metrics()
        self.app = TurnedAway(self._inside, "/api/predict", lambda: has_room, self.metrics)
        self.read: list[Any] = []
        self.said: list[Any] = []

    async def _inside(self, scope: Any, receive: Any, send: Any) -> None:
        while not self.read or self.read[-1].get("more_body"):
            self.read.append(await receive())

    def come(
        self, *parts: Any, method: str = "POST", path: str = "/api/predict", headers: Any = ()
    ) -> None:
        """Bring these parts of a body; where there are none, they come after a while."""
        coming = list(parts)

        async def receive() -> Any:
            if not coming:
                coming.append(WHOLE)
                await asyncio.sleep(0.2)
            return coming.pop(0)

        async def send(message: Any) -> None:
            self.said.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        asyncio.run(self.app(scope, receive, send))


def test_where_no_room_is_a_picture_is_turned_away_at_the_door() -> None:
    door, began = Door(has_room=False), time.monotonic()
    door.come(WHOLE)
    assert not door.read
    assert time.monotonic() - began >= 0.1
    start, body = door.said
    assert start["status"] == 503
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert headers["retry-after"] == "1"
    assert headers["content-type"] == "application/problem+json"
    assert int(headers["content-length"]) == len(body["body"])
    assert {name.lower() for name in HEADERS} <= set(headers)
    assert json.loads(body["body"])["code"] == "overloaded"
    counted = 'homespun_requests_total{method="POST",route="/api/predict",status="503"} 1.0'
    assert counted in door.metrics.shown().decode()


def test_where_there_is_room_it_goes_in() -> None:
    door = Door(has_room=True)
    door.come(WHOLE)
    assert (door.read, door.said) == ([WHOLE], [])


@pytest.mark.parametrize(
    "about",
    [{"method": "GET"}, {"path": "/api/model"}, {"headers": [(b"expect", b"100-continue")]}],
)
def test_other_requests_go_in(about: Any) -> None:
    door = Door(has_room=False)
    door.come(WHOLE, **about)
    assert (door.read, door.said) == ([WHOLE], [])


@pytest.mark.parametrize(
    "parts", [[{"type": "http.request", "body": b"a", "more_body": True}, WHOLE], []]
)
def test_a_body_that_is_not_whole_yet_goes_in_whole(parts: Any) -> None:
    door = Door(has_room=False)
    door.come(*parts)
    assert door.read == (parts or [WHOLE])
    assert not door.said
