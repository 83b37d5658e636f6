"""Processes on this machine, each with one BLAS thread; one that dies is replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait

from homespun.catalog.chunk import Chunk
from homespun.catalog.engine import EngineError, Tell
from homespun.catalog.process import At, Done, Failed, Order, Process
from homespun.catalog.work import Work
from homespun.errors import HomespunError
from homespun.training.workers import available_threads

_MOST_DEATHS = 5
"""Processes that may die one after another without a sign of work; more cannot be chance."""
_REASON = "the process that read it was killed, each time that it was tried"


class Local:
    """The engine that needs no other library."""

    name = "local"

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or available_threads()

    def run(self, work: Work, chunks: Iterable[Chunk], tell: Tell) -> None:
        """Do the chunks; see `Engine`."""
        _Run(work, iter(chunks), tell).run(self.workers)


class _Run:
    """The state of one run: who works on what, and what was tried before."""

    def __init__(self, work: Work, chunks: Iterator[Chunk], tell: Tell) -> None:
        self._work = work
        self._chunks = chunks
        self._tell = tell
        self._again: list[Order] = []
        self._deaths = 0

    def run(self, n: int) -> None:
        busy: list[Process] = []
        try:
            while len(busy) < n and (order := self._next()):
                busy.append(self._start(order))
            while busy:
                for process in _ready(busy):
                    left = self._hear(process)
                    busy.remove(process)
                    if left is not None:
                        busy.append(left)
        finally:
            for process in busy:
                process.kill()

    def _next(self) -> Order | None:
        if self._again:
            return self._again.pop()
        chunk = next(self._chunks, None)
        return None if chunk is None else Order(chunk)

    def _start(self, order: Order) -> Process:
        process = Process(self._work)
        process.give(order)
        return process

    def _hear(self, process: Process) -> Process | None:
        """Take what a process says, and return which process works on, if any."""
        said = process.hear()
        if said is None:
            self._again.append(self._after_death(process))
            process.kill()
            order = self._next()
            return self._start(order) if order else None
        self._deaths = 0
        if isinstance(said, At):
            process.at = said.place
            return process
        if isinstance(said, Failed):
            process.kill()
            raise HomespunError(said.reason)
        assert isinstance(said, Done)
        self._tell(process.order.chunk.n)
        if order := self._next():
            process.give(order)
            return process
        process.dismiss()
        return None

    def _after_death(self, process: Process) -> Order:
        """Return the order anew.

        From the second time on each picture is told of before it is read, and one that took two
        processes with it then is read no more.

        Raises:
            EngineError: they die one after another, before they have begun anything.
        """
        self._deaths += 1
        if self._deaths > _MOST_DEATHS:
            raise EngineError(
                f"{self._deaths} processes ended one after another before they did anything "
                f"({process.ending}); is there too little memory? --workers 1 takes the least"
            )
        order = process.order
        refused = dict(order.refused)
        if process.at is not None and process.at == order.died_at:
            refused[process.at] = _REASON
        return Order(order.chunk, careful=True, died_at=process.at, refused=refused)


def _ready(processes: list[Process]) -> list[Process]:
    """Wait until some have said something or died, and return these."""
    pipes = {process.pipe: process for process in processes}
    return [pipes[pipe] for pipe in wait(list(pipes)) if pipe in pipes]
