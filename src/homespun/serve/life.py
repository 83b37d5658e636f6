"""Whether the server still takes requests: streams that would last for ever end with it."""

from __future__ import annotations

import asyncio


class Life:
    """Begins with the server and ends when it is told to stop, before requests are drained."""

    def __init__(self) -> None:
        self._ended = asyncio.Event()

    @property
    def has_ended(self) -> bool:
        """Whether the server is about to stop."""
        return self._ended.is_set()

    def end(self) -> None:
        """Say that the server is about to stop; in the event loop."""
        self._ended.set()

    async def wait(self, seconds: float) -> bool:
        """Wait so long, or until the end; return whether that has come."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return False
        return True
