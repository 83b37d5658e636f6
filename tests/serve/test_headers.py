from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from homespun.serve.headers import Careful


def test_every_answer_tells_browsers_to_take_nothing_from_elsewhere(client: Any) -> None:
    for path in ("/", "/api/model", "/nowhere", "/metrics", "/docs", "/openapi.json"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy)
        assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} <= set(policy)
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


class Spoken:
    """What an application says to one request."""

    def __init__(self, *parts: dict[str, Any], method: str = "POST", **headers: str) -> None:
        self.parts = list(parts)
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.scope = {"type": "http", "method": method, "headers": named}
        self.said: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self.parts:
            await asyncio.Event().wait()
        return self.parts.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        self.said.append(message)

    def header(self, name: str) -> str | None:
        found = dict(self.said[0]["headers"]).get(name.encode())
        return None if found is None else found.decode()


async def answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def read_and_answer(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await answer(scope, receive, send)


PART = {"type": "http.request", "body": b"a", "more_body": True}
LARGE = {"type": "http.request", "body": b"a" * 2**14, "more_body": True}
END = {"type": "http.request", "body": b"", "more_body": False}
GONE = {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("app", "headers", "parts", "n_left", "closes"),
    [
        (answer, {"content-length": "1"}, [PART, END], 0, False),
        (answer, {"transfer-encoding": "chunked"}, [PART, END], 0, False),
        (answer, {"transfer-encoding": "chunked"}, [LARGE] * 9, 7, True),
        (answer, {"content-length": "9"}, [PART, GONE], 0, True),
        (answer, {"content-length": "9"}, [PART], 0, True),  # and the rest never comes
        (answer, {"content-length": "1", "expect": "100-continue"}, [PART, END], 2, True),
        (answer, {"content-length": "0"}, [END], 1, False),
        (answer, {}, [END], 1, False),
        (read_and_answer, {"content-length": "1"}, [PART, END], 0, False),
    ],
)
def test_what_is_left_of_a_body_is_read_if_it_is_little_or_else_the_connection_ends(
    client: Any, app: Any, headers: dict[str, str], parts: Any, n_left: int, closes: bool
) -> None:
    spoken = Spoken(*parts, **headers)
    client.run(Careful(app)(spoken.scope, spoken.receive, spoken.send))
    assert (spoken.header("connection") == "close") == closes
    assert len(spoken.parts) == n_left


def test_what_fails_is_answered_and_logged_without_what_was_sent(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    spoken = Spoken(method="POST", cookie="secret")
    spoken.scope |= {"path": "/api/secret", "raw_path": b"/api/secret", "query_string": b"secret"}
    with caplog.at_level(logging.ERROR):
        client.run(Careful(fail)(spoken.scope, spoken.receive, spoken.send))
    assert spoken.said[0]["status"] == 500
    assert spoken.header("content-security-policy")
    assert b'"code": "internal"' in spoken.said[1]["body"]
    assert b"ZeroDivision" not in spoken.said[1]["body"]
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


def test_an_answer_that_fails_half_way_stays_cut_off(client: Any) -> None:
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    spoken = Spoken()
    with pytest.raises(ConnectionAbortedError):
        client.run(Careful(fail)(spoken.scope, spoken.receive, spoken.send))
    assert len(spoken.said) == 1


def test_a_client_that_went_away_is_no_failure(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def leave(scope: Any, receive: Any, send: Any) -> None:
        raise ClientDisconnect

    spoken = Spoken()
    client.run(Careful(leave)(spoken.scope, spoken.receive, spoken.send))
    assert (spoken.said, caplog.text) == ([], "")
