"""Processes that compute beside this one, where threads would wait for the interpreter lock.

A shard on its way through a network is some hundred NumPy calls. Each gives the interpreter lock
away and takes it back, and waiting for it costs threads up to half of their time. A helper is a
copy of this process (fork): it knows all that was known when it began, and has its own lock.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Any, NoReturn

import numpy as np
from numpy.typing import DTypeLike

from homespun.types import Array

Work = Callable[[Any], Any]
"""Takes a message and returns the reply, which is not None; both can be pickled."""


def can_fork() -> bool:
    """Return whether this process may be copied as it stands.

    Only Linux's own libraries bear it. And only the main thread may ask: whatever trains on another
    has neighbours that compute, and a copy would wait for ever for a lock that one of them held.
    """
    is_main = threading.current_thread() is threading.main_thread()
    return sys.platform == "linux" and is_main


def shared_empty(size: int, dtype: DTypeLike) -> Array:
    """Return an array (size,) whose memory helpers that begin later share with this process."""
    dtype = np.dtype(dtype)
    return np.frombuffer(mmap.mmap(-1, max(1, size * dtype.itemsize)), dtype, size)


class Helper:
    """A process that does `work` for this one, message by message, until it is closed.

    It holds nothing that would be missed, so whatever it fails to do, its owner can do.
    """

    def __init__(self, work: Work) -> None:
        """Begin.

        Raises:
            OSError: there may be no more processes.
        """
        self._pipe, theirs = Pipe()
        with warnings.catch_warnings():
            # Python 3.12 and later warn where there are threads; `can_fork` says why we may.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            _serve(work, theirs)
        theirs.close()

    def ask(self, message: Any) -> bool:
        """Send the message; return whether the helper is still there to take it."""
        try:
            self._pipe.send(message)
        except OSError:
            return False
        return True

    def reply(self) -> Any:
        """Wait for the reply to the message; None says that the helper failed, or is gone."""
        try:
            return self._pipe.recv()
        except (EOFError, OSError):
            return None

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._pipe.close()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _serve(work: Work, pipe: Connection) -> NoReturn:
    """Reply to messages until the owner closes the pipe or is gone, and leave without a trace."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what Ctrl-C means, the owner decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _leave_files_to_owner(pipe.fileno())
        while True:
            message = pipe.recv()
            try:
                reply = work(message)
            except Exception:  # the owner will meet it too, and knows whom to tell
                reply = None
            pipe.send(reply)
    except (EOFError, OSError):
        pass
    finally:
        os._exit(0)


def _leave_files_to_owner(but: int) -> None:
    """Close all files but one: locks and pipes must not outlive the owner through its copy."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.closerange(3, but)
    os.closerange(but + 1, os.sysconf("SC_OPEN_MAX"))
