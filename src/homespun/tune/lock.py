"""A lock for processes on any hosts: a file that only one can make, which holds on every disk.

Locks of the operating system do not hold between hosts on every shared disk, so whoever hands out
trials and whoever writes the journal take this one.
"""

from __future__ import annotations

from contextlib import suppress

from homespun.tune.optional import JournalFileOpenLock


class FileLock(JournalFileOpenLock):
    """Optuna's lock, which others break when its holder has not let go for half a minute.

    The holder may be stopped and not dead. Then it has nothing to let go of when it wakes, which is
    no reason to fail: all that is done under the lock takes a moment, and was done by then.
    """

    def release(self) -> None:
        """Let go, if nobody has broken the lock."""
        with suppress(RuntimeError):
            super().release()
