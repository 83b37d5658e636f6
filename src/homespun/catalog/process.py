"""One worker process of the local engine, and what is said between it and its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import TypeAlias

from homespun.catalog.chunk import Chunk
from homespun.catalog.parts import Parts
from homespun.catalog.work import Work, Worker
from homespun.errors import HomespunError

_SPAWN = multiprocessing.get_context("spawn")
"""A forked process would have copies of threads' locks without the threads."""


@dataclass(frozen=True)
class Order:
    """A chunk to be done.

    Attributes:
        chunk: the pictures.
        careful: whether to say of each picture that it is about to be read.
        died_at: the place of the picture at which a careful process died; None: none did.
        refused: pictures that are not read, by their places, and why.
    """

    chunk: Chunk
    careful: bool = False
    died_at: int | None = None
    refused: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class At:
    """The picture at this place in the chunk is about to be read."""

    place: int


@dataclass(frozen=True)
class Done:
    """The chunk stands in its part."""


@dataclass(frozen=True)
class Failed:
    """It cannot be done, and neither could another process do it."""

    reason: str


Said: TypeAlias = At | Done | Failed


class Process:
    """A worker process as its parent sees it.

    Attributes:
        order: what it works on.
        at: the place of the last picture that it spoke of.
        pipe: where it speaks.
    """

    order: Order

    def __init__(self, work: Work) -> None:
        self.pipe, theirs = _SPAWN.Pipe()
        self.at: int | None = None
        self._process = _SPAWN.Process(target=_serve, args=(theirs, work), daemon=True)
        with _deaf_to_ctrl_c():
            self._process.start()
        theirs.close()

    def give(self, order: Order) -> None:
        """Have it do this; where it has died, `hear` will tell."""
        self.order, self.at = order, None
        with suppress(OSError):
            self.pipe.send(order)

    def hear(self) -> Said | None:
        """Return what it says next, or None where it has died."""
        try:
            said: Said = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return said

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        self._process.join()
        code = self._process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def dismiss(self) -> None:
        """Let it end, and wait for it."""
        self.pipe.close()
        self._process.join()

    def kill(self) -> None:
        """End it at once; what it has not written is done again one day."""
        self._process.kill()
        self.dismiss()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let a process that is started meanwhile leave Ctrl-C to its parent, from its first moment."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _serve(pipe: Connection, work: Work) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):  # the parent has closed its end
        try:
            _do_orders(pipe, work)
        except HomespunError as error:
            pipe.send(Failed(str(error)))


def _do_orders(pipe: Connection, work: Work) -> None:
    parts = Parts(work.parts)
    with Worker(work) as worker:
        while True:
            order: Order = pipe.recv()

            def begins(i: int, order: Order = order) -> None:
                if order.careful:
                    pipe.send(At(i))

            parts.write(order.chunk.number, worker.answer(order.chunk, begins, order.refused))
            pipe.send(Done())


def _end_with_parent() -> None:
    """End this process when its parent ends, however that ends, even in the middle of a chunk."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
