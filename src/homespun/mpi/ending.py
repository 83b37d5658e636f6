"""How a rank ends where the others can't be told in good order, and how it waits for their end."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_INTERRUPTED = 130
_BROKEN = 1


def abort(comm: Any, error: BaseException) -> None:
    """End all ranks at once: after a second Ctrl-C, or an error that nobody expected."""
    interrupted = isinstance(error, KeyboardInterrupt)
    if not interrupted:
        traceback.print_exception(error)
    sys.stdout.flush()
    sys.stderr.flush()
    comm.Abort(_INTERRUPTED if interrupted else _BROKEN)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Pay no attention to Ctrl-C in the `with` block.

    A rank that only waits for the first one leaves it to that whether to end; it would break off
    what the first may want to finish.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone gets signals
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
