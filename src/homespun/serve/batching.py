"""Pictures wait in one line for a few worker threads, and the line is never longer than it may be.

The event loop only takes requests and gives answers; all that computes runs on the workers, with
matrix products on one thread each, so that they do not get in each other's way.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Generic, TypeVar, cast

from homespun.serve.problems import Problem
from homespun.training import Workers

Asked = TypeVar("Asked")
Ready = TypeVar("Ready")
Told = TypeVar("Told")

_MOST = 16
_PATIENCE = 0.004
"""Seconds of preparing after which a worker asks the network for what it has. A photo takes longer
than that and is answered at once; small pictures, which come in numbers, are answered together."""

PAUSE = 1.0
"""Seconds until who finds no room hears of it. A client that asks again at once, whatever
Retry-After says, would else take the cores from those in the line."""


def overloaded() -> Problem:
    """Return what is said when the line is full."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded",
        "more pictures wait than this server takes",
        "send the same request again after the seconds that Retry-After names",
        {"Retry-After": "1"},
    )


@dataclass(eq=False)
class _Waiting(Generic[Asked, Told]):
    """One in the line."""

    asked: Asked
    loop: asyncio.AbstractEventLoop
    told: asyncio.Future[Told] = field(init=False)

    def __post_init__(self) -> None:
        self.told = self.loop.create_future()


class Batcher(Generic[Asked, Ready, Told]):
    """Worker threads that prepare what is asked, one by one, and answer it, some at a time.

    Args:
        prepare: makes one ready; on a worker.
        answer: answers up to `most` that are ready, each with an answer or an error; on a worker.
        workers: how many threads.
        queue: how many may wait; those that a worker has taken wait no more.
        most: answered together.
        clock: tells seconds.
    """

    def __init__(
        self,
        prepare: Callable[[Asked], Ready],
        answer: Callable[[Sequence[Ready]], Sequence[Told | Exception]],
        workers: int,
        queue: int,
        most: int = _MOST,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._prepare = prepare
        self._answer = answer
        self._queue = queue
        self._most = most
        self._clock = clock
        self._line: deque[_Waiting[Asked, Told]] = deque()
        self._changed = threading.Condition()
        self._is_open = True
        self._threads = [
            threading.Thread(target=self._work, name=f"worker {i}", daemon=True)
            for i in range(workers)
        ]

    def start(self) -> None:
        """Start the workers."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the workers answer what waits, and wait for their end."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._line)

    async def ask(self, *questions: Asked) -> list[Told | Exception]:
        """Return an answer or an error for each question, in their order.

        Raises:
            Problem: not all of them find room in the line; then none is taken. It is raised after a
                pause.
        """
        loop = asyncio.get_running_loop()
        waiting = [_Waiting[Asked, Told](asked, loop) for asked in questions]
        if not self._takes(waiting):
            await asyncio.sleep(PAUSE)
            raise overloaded()
        told = await asyncio.gather(*(one.told for one in waiting), return_exceptions=True)
        return cast("list[Told | Exception]", told)  # workers catch no more than that

    def _takes(self, waiting: Sequence[_Waiting[Asked, Told]]) -> bool:
        """Put all of them into the line, or none if there is no room for all."""
        with self._changed:
            has_room = len(self._line) + len(waiting) <= self._queue
            if has_room:
                self._line.extend(waiting)
                self._changed.notify(len(waiting))
            return has_room

    def _work(self) -> None:
        with Workers(1):  # products on one thread, for as long as this worker lives
            while batch := self._gather():
                self._tell(batch)

    def _gather(self) -> list[tuple[_Waiting[Asked, Told], Ready | Exception]]:
        """Return some that are ready; none when there will be no more."""
        found: list[tuple[_Waiting[Asked, Told], Ready | Exception]] = []
        waiting = self._next(wait=True)
        began = self._clock()
        while waiting is not None:
            found.append((waiting, self._made_ready(waiting)))
            if len(found) == self._most or self._clock() - began > _PATIENCE:
                break
            waiting = self._next(wait=False)
        return found

    def _next(self, *, wait: bool) -> _Waiting[Asked, Told] | None:
        """Return the first in the line whose client is still there."""
        with self._changed:
            while True:
                while self._line:
                    first = self._line.popleft()
                    if not first.told.cancelled():
                        return first
                if not wait or not self._is_open:
                    return None
                self._changed.wait()

    def _made_ready(self, waiting: _Waiting[Asked, Told]) -> Ready | Exception:
        try:
            return self._prepare(waiting.asked)
        except Exception as error:
            return error

    def _tell(self, batch: Sequence[tuple[_Waiting[Asked, Told], Ready | Exception]]) -> None:
        """Answer those that are ready, and tell all, once for each event loop."""
        ready = [made for _, made in batch if not isinstance(made, Exception)]
        try:
            answers = iter(self._answer(ready) if ready else ())
        except Exception as error:
            answers = iter([error] * len(ready))
        told = [
            (waiting, made if isinstance(made, Exception) else next(answers))
            for waiting, made in batch
        ]
        for loop in {waiting.loop for waiting, _ in told}:
            own = [(waiting.told, what) for waiting, what in told if waiting.loop is loop]
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                loop.call_soon_threadsafe(_settle, own)


def _settle(outcomes: Sequence[tuple[asyncio.Future[Told], Told | Exception]]) -> None:
    for told, outcome in outcomes:
        if told.cancelled():  # its client went away
            continue
        if isinstance(outcome, Exception):
            told.set_exception(outcome)
        else:
            told.set_result(outcome)
