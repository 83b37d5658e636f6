"""What browsers are told with every answer: take nothing from elsewhere, guess nothing."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homespun.serve.problems import Problem, as_problem, broken

_LOG = logging.getLogger(__name__)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "media-src blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

_REST_BYTES = 32 * 1024
_REST_SECONDS = 0.5

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""An answer that brings one of them with it keeps its own."""


class Careful:
    """ASGI middleware: gives every answer these headers, and turns every error into an answer.

    It stands outside of all that may fail, so that no error gets past it. Where an answer begins
    before the body has come, a little of that is still read, since a connection that ends with
    bytes unread may take its answer along (RFC 9112, section 9.6); where more is left it ends.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer whatever comes of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            return  # nobody is left to be answered
        except HTTPException as error:
            await exchange.end_with(as_problem(error))
        except Exception:
            _LOG.exception("%s %s failed", scope["method"], _route(scope))
            await exchange.end_with(broken())


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        headers = Headers(scope=scope)
        self._owes = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        self._may_take_rest = "expect" not in headers  # such a client would be told to send it
        self._has_begun = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._owes = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            await self._take_rest()
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self._owes:
                headers["Connection"] = "close"
        await self._send(message)

    async def _take_rest(self) -> None:
        """Take what is left of the body, if it is little and comes at once."""
        n_bytes = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(_REST_SECONDS):
                while self._owes and self._may_take_rest and n_bytes < _REST_BYTES:
                    message = await self.receive()
                    if message["type"] == "http.disconnect":
                        return
                    n_bytes += len(message.get("body", b""))

    async def end_with(self, problem: Problem) -> None:
        """Answer with the problem; where an answer has begun, it stays cut off."""
        if self._has_begun:
            raise ConnectionAbortedError("an answer ended early")
        await problem.response()(self._scope, self.receive, self.send)


def _route(scope: Scope) -> str:
    """Return the pattern of the address, and never the address: it may hold names."""
    return str(getattr(scope.get("route"), "path", "a request"))
