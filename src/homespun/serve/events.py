"""A run as a stream of events, for as long as it is trained."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from homespun.serve.life import Life
from homespun.serve.problems import Problem
from homespun.serve.run_state import RunState

_EVERY = 1.0
_QUIET = 15
"""Looks without news after which a line is sent all the same, so that nobody hangs up."""


async def follow(
    first: RunState,
    read: Callable[[], Awaitable[RunState]],
    life: Life,
    seen: int,
    every: float = _EVERY,
) -> AsyncIterator[bytes]:
    """Yield an event for each epoch after `seen`, and one whenever the state is another.

    Source: HTML, "Server-sent events", section 9.2.

    Args:
        first: where the run stands.
        read: looks again.
        life: ends the stream with the server.
        seen: the last epoch that the client knows.
        every: seconds between two looks.
    """
    run, was_training, quiet = first, None, 0
    while True:
        rows = [row for row in run.metrics if (row["epoch"] or 0) > seen]
        for row in rows:
            seen = int(row["epoch"] or 0)
            yield _event("epoch", row, seen)
        if rows or run.is_training != was_training:
            yield _event("state", run.brief())
            quiet = 0
        elif (quiet := quiet + 1) % _QUIET == 0:
            yield b": still training\n\n"
        was_training = run.is_training
        if not run.is_training or await life.wait(every):
            return
        try:
            run = await read()
        except Problem:  # the run was removed
            return


class Followers:
    """Counts the streams that are open."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._n = 0

    @property
    def has_room(self) -> bool:
        """Whether one more may begin."""
        return self._n < self._most

    async def count(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield what the stream yields, and count it meanwhile."""
        self._n += 1
        try:
            async for event in stream:
                yield event
        finally:
            self._n -= 1


def _event(kind: str, data: Mapping[str, Any], number: int | None = None) -> bytes:
    told = "" if number is None else f"id: {number}\n"
    return f"event: {kind}\n{told}data: {json.dumps(data, allow_nan=False)}\n\n".encode()
