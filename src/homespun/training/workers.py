"""A few threads, and processes beside them, each with single-threaded matrix products.

NumPy lets go of the interpreter lock inside its loops and products, so plain threads use all cores.
Products on one thread each give the same bits on every machine with the same kernels, however many
threads there are.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from types import TracebackType
from typing import TypeAlias

import numpy as np
from threadpoolctl import ThreadpoolController

from homespun.errors import SettingError
from homespun.training.helpers import Helper, Work

Task: TypeAlias = Callable[[int], None]

_LARGEST_KEPT = 31 * 2**20
"""Bytes of the largest array whose memory is kept; glibc allows just under 32 MB."""


def available_threads() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _SingleThreadedProducts:
    """Keeps NumPy's matrix products on one thread while anyone in this process works.

    The limit is the process's own. If each of several workers at once put back what it had found,
    the first to leave would lift the limit under the others, and the last would leave it behind.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_inside = 0

    @functools.cached_property
    def _blas(self) -> ThreadpoolController:
        """The handle on the library; finding it takes about a millisecond."""
        return ThreadpoolController()

    def enter(self) -> None:
        """Limit the products, if nobody else has."""
        with self._lock:
            if self._n_inside == 0:
                self._let_any_thread_set()
                self._limit = self._blas.limit(limits=1, user_api="blas")
            self._n_inside += 1

    def leave(self) -> None:
        """Lift the limit, if nobody else needs it."""
        with self._lock:
            self._n_inside -= 1
            if self._n_inside == 0:
                self._let_any_thread_set()
                self._limit.restore_original_limits()
                self._let_any_thread_set()

    def _let_any_thread_set(self) -> None:
        """Let this thread, and later any other, change the limit.

        threadpoolctl (since 3.8) heeds only the thread that first changed OpenBLAS's limit, for as
        long as that one lives, and passes over all others without a word.
        """
        for library in self._blas.lib_controllers:
            forget = getattr(library, "clear_controlling_thread", None)
            if forget is not None:
                forget(force=True)


_single_threaded_products = _SingleThreadedProducts()


class Workers:
    """`n` threads that are there from entering the `with` block to leaving it.

    The calling thread is one of them, so n = 1 starts none.
    """

    def __init__(self, n: int | None = None) -> None:
        """Take `n` threads, or as many as there are cores."""
        if n is not None and n < 1:
            raise SettingError(f"threads must be at least 1, got {n}")
        self.n = n or available_threads()
        self._tasks: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in range(self.n - 1)]
        self._outcomes: SimpleQueue[BaseException | None] = SimpleQueue()
        self._helpers: list[Helper] = []

    def __enter__(self) -> Workers:
        _keep_freed_memory()
        _single_threaded_products.enter()
        self._threads = [
            threading.Thread(target=self._serve, args=(i,), daemon=True) for i in range(1, self.n)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for helper in self._helpers:
            helper.close()
        for tasks in self._tasks:
            tasks.put(None)
        for thread in self._threads:
            thread.join()
        _single_threaded_products.leave()

    def run(self, task: Task) -> None:
        """Call task(0) to task(n - 1), each on a thread of its own, and wait for all.

        Raises:
            BaseException: the first error of any of them, after all have ended.
        """
        for tasks in self._tasks:
            tasks.put(task)
        outcomes = [_outcome(task, 0)]
        outcomes += [self._outcomes.get() for _ in self._tasks]
        for error in outcomes:
            if error is not None:
                raise error

    def begin_helpers(self, work: Work, most: int) -> Sequence[Helper]:
        """Return a process for each thread but one, or fewer; they end with the `with` block."""
        begun: list[Helper] = []
        with contextlib.suppress(OSError):  # the system allows no more
            for _ in range(min(self.n - 1, most)):
                begun.append(Helper(work))
                self._helpers.append(begun[-1])
        return begun

    def _serve(self, i: int) -> None:
        while (task := self._tasks[i - 1].get()) is not None:
            self._outcomes.put(_outcome(task, i))


def _keep_freed_memory() -> None:
    """Let the allocator keep what is freed, since the next step needs as much again.

    glibc gives freed arrays of more than 128 KB back to the system, which must then find, clear and
    map their pages in each step anew. It stops doing so for arrays up to the largest that it has
    seen freed (mallopt(3), M_MMAP_THRESHOLD), so one is made and freed, unused. Elsewhere this does
    nothing.
    """
    np.empty(_LARGEST_KEPT, np.uint8)


def _outcome(task: Task, i: int) -> BaseException | None:
    try:
        task(i)
    except BaseException as error:
        return error
    return None
