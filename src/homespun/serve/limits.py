"""How much a client may send, and how long it may take: counted as it comes, whatever it says."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homespun.serve.batching import overloaded
from homespun.serve.problems import Problem


class BoundedBodies:
    """ASGI middleware: bodies are bounded in size and time, each and all together.

    Args:
        app: what is behind it.
        most: bytes of one body.
        most_held: bytes of all bodies of requests that are not answered yet.
        deadline: seconds within which a body must have come.
    """

    def __init__(self, app: ASGIApp, most: int, most_held: int, deadline: float) -> None:
        self._app = app
        self._most = most
        self._most_held = most_held
        self._deadline = deadline
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its body is counted as the application asks for it.

        Raises:
            Problem: the body is too large, or too slow; raised where it is read.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _announced(scope) > self._most:
            raise self._too_large()
        body = _Body(self, receive)
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._held -= body.n_bytes

    def count(self, n_bytes: int, n_before: int) -> None:
        """Count bytes that came after `n_before` others of the same body.

        Raises:
            Problem: they are too many, for one body or for all.
        """
        self._held += n_bytes
        if n_before + n_bytes > self._most:
            raise self._too_large()
        if self._held > self._most_held:
            raise overloaded()

    @property
    def deadline(self) -> float:
        """Seconds within which a body must have come."""
        return self._deadline

    def _too_large(self) -> Problem:
        return Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too-large",
            f"the body has more than {self._most:,} bytes, the most that is taken",
            "send a smaller picture, or fewer in one request",
        )


class _Body:
    """One request's body on its way in."""

    def __init__(self, bounds: BoundedBodies, receive: Receive) -> None:
        self._bounds = bounds
        self._receive = receive
        self._is_whole = False
        self._until = asyncio.get_running_loop().time() + bounds.deadline
        self.n_bytes = 0

    async def receive(self) -> Message:
        """Return the next part; once the body has come, wait for as long as it takes."""
        if self._is_whole:
            return await self._receive()
        if asyncio.get_running_loop().time() >= self._until:  # of parts that came meanwhile, too
            raise self._too_slow()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise self._too_slow() from error
        if message["type"] == "http.request":
            n_bytes = len(message.get("body", b""))
            n_before, self.n_bytes = self.n_bytes, self.n_bytes + n_bytes
            self._is_whole = not message.get("more_body", False)
            self._bounds.count(n_bytes, n_before)
        return message

    def _too_slow(self) -> Problem:
        return Problem(
            HTTPStatus.REQUEST_TIMEOUT,
            "too-slow",
            f"the body did not come within {self._bounds.deadline:g} seconds",
            "send it again over a faster connection, or a smaller one",
        )


def _announced(scope: Scope) -> int:
    """Return how many bytes the client says that it sends; 0 where it does not say."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0
