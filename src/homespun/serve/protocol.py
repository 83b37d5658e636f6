"""One connection: uvicorn's HTTP/1.1, and what it lacks against clients that take their time.

uvicorn waits for ever for the rest of a request's head, and for a client that does not read its
answer. Here both have deadlines. What is said of a bad head is a problem like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from homespun.serve.headers import HEADERS
from homespun.serve.problems import MEDIA_TYPE, Problem
from homespun.serve.settings import Settings

_AT_ONCE = 32 * 1024
"""Bytes read from a connection at a time: what comes beyond a limit has been read by then."""
_GRACE = 0.3
"""Seconds in which a request may still come in that was sent before its sender could know that the
server ends."""


def protocol_for(settings: Settings) -> type[CarefulProtocol]:
    """Return the protocol with the deadlines of these settings."""
    deadlines = {
        "header_deadline": settings.header_deadline,
        "send_deadline": settings.send_deadline,
    }
    return type("Protocol", (CarefulProtocol,), deadlines)


class CarefulProtocol(H11Protocol):
    """A connection that ends when a head does not come, or an answer is not read.

    Attributes:
        header_deadline: seconds from the connection's begin, or a request's first byte, until its
            head must be whole.
        send_deadline: seconds for which the client may leave what was sent unread.
    """

    header_deadline: ClassVar[float] = 10.0
    send_deadline: ClassVar[float] = 30.0
    _head_timer: asyncio.TimerHandle | None = None
    _send_timer: asyncio.TimerHandle | None = None
    _is_leaving = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        cast(Any, transport).max_size = _AT_ONCE
        self._head_timer = self._after(self.header_deadline, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        self._forget_head()
        self._forget_send()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and see whether a head is still under way."""
        super().data_received(data)
        if self._is_asked():
            self._forget_head()
            if self._is_leaving:
                self.cycle.keep_alive = False
            if len(self.cycle.body) >= _AT_ONCE:
                self.flow.pause_reading()  # until the application wants more
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self._after(self.header_deadline, self._head_is_late)

    def on_response_complete(self) -> None:
        """After an answer the next head may come, as long as uvicorn keeps the connection."""
        super().on_response_complete()
        if self._is_leaving and self._is_asked():
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """End after the request under way, or after a moment in which one may still come in."""
        self._is_leaving = True
        if self._is_asked():
            self.cycle.keep_alive = False
        else:
            self._after(_GRACE, self._leave)

    def pause_writing(self) -> None:
        """Begin to wait for a client that does not read."""
        super().pause_writing()
        self._send_timer = self._after(self.send_deadline, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client reads again."""
        super().resume_writing()
        self._forget_send()

    def send_400_response(self, msg: str) -> None:
        """Answer a head that is none."""
        self._refuse(
            Problem(
                HTTPStatus.BAD_REQUEST,
                "bad-request",
                "the request is no HTTP/1.1",
                "send a request as HTTP/1.1 has it, with a head of at most 32 KiB",
            )
        )

    def _is_asked(self) -> bool:
        """Return whether a request is under way whose head has come."""
        return self.cycle is not None and not self.cycle.response_complete

    def _leave(self) -> None:
        if not self._is_asked() and not self.transport.is_closing():
            super().shutdown()

    def _head_is_late(self) -> None:
        if self.transport.is_closing():
            return
        if self.conn.our_state is not h11.IDLE:
            self.transport.abort()
            return
        if not self.conn.trailing_data[0]:  # browsers keep such connections at hand
            self.transport.close()
            return
        self._refuse(
            Problem(
                HTTPStatus.REQUEST_TIMEOUT,
                "too-slow",
                f"the head of the request did not come within {self.header_deadline:g} seconds",
                "send it again over a faster connection",
            )
        )

    def _refuse(self, problem: Problem) -> None:
        """Answer before there is a request, and end the connection."""
        response = problem.response()
        headers = [*HEADERS.items(), ("Content-Type", MEDIA_TYPE), ("Connection", "close")]
        head = h11.Response(
            status_code=problem.status,
            headers=[*headers, ("Content-Length", str(len(response.body)))],
            reason=STATUS_PHRASES[problem.status],
        )
        for event in (head, h11.Data(data=bytes(response.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _after(self, seconds: float, act: Callable[[], None]) -> asyncio.TimerHandle:
        return self.loop.call_later(seconds, act)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._head_timer = None

    def _forget_send(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
        self._send_timer = None
