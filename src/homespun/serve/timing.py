"""Requests timed from outside of everything else, so that refused ones are counted, too."""

from __future__ import annotations

import time

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homespun.serve.metrics import Metrics

_EVENTS = b"text/event-stream"


class TimedRequests:
    """ASGI middleware that counts each request with its route, status and duration.

    It is put outermost. Streams of events are counted, and not timed: they last as long as
    somebody looks.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and count that it did."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, is_stream = "aborted", False

        async def watched(message: Message) -> None:
            nonlocal status, is_stream
            if message["type"] == "http.response.start":
                status = str(message["status"])
                is_stream = any(
                    name.lower() == b"content-type" and value.startswith(_EVENTS)
                    for name, value in message.get("headers", ())
                )
            await send(message)

        self._metrics.arrived()
        try:
            await self._app(scope, receive, watched)
        except (ClientDisconnect, ConnectionError):
            raise
        except Exception:
            status = "500"  # the server answers so once the error has come through
            raise
        finally:
            seconds = None if is_stream else time.perf_counter() - started
            self._metrics.left(scope["method"], _route(scope), status, seconds)


def _route(scope: Scope) -> str:
    """Return the pattern that the path was found to follow; `other` where there is none."""
    return getattr(scope.get("route"), "path", "other")
