"""A new model file takes over while the server runs, and a bad one never does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from homespun.errors import HomespunError

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")

_Mark: TypeAlias = tuple[int, ...] | None


class Swap(Generic[_T]):
    """Watches one file, and hands over what is loaded from it each time that it changes.

    A file that is being written changes between two looks; it is read once two looks in a row
    saw the same. One that cannot be loaded is told of in one line and not tried again before it
    changes; what was there before stays. Made before the file is first loaded, it misses no change.

    Args:
        path: the file; a link is followed, so that a link to another file is a change.
        load: reads, checks and prepares; called in a thread, may take long, and raises to refuse.
        take: hands over what was loaded; called in the event loop.
        tell: hears whether a change was taken.
        every: seconds between two looks.
    """

    def __init__(
        self,
        path: Path,
        load: Callable[[Path], _T],
        take: Callable[[_T], None],
        tell: Callable[[bool], None] = lambda taken: None,
        every: float = 1.0,
    ) -> None:
        self._path = path
        self._load = load
        self._take = take
        self._tell = tell
        self._every = every
        self._tried = _mark(path)
        self._seen = self._tried

    async def watch(self) -> None:
        """Look at the file again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._every)
            await self.look()

    async def look(self) -> bool:
        """Look once; return whether something new was taken."""
        mark = _mark(self._path)
        is_settled, self._seen = mark == self._seen, mark
        if not is_settled or mark == self._tried:
            return False
        self._tried = mark
        if mark is None:
            _LOG.warning("%s is gone; the model loaded before goes on answering", self._path)
            return False
        try:
            self._take(await asyncio.to_thread(self._load, self._path))
        except HomespunError as error:
            _LOG.warning("the model loaded before goes on answering: %s", error)
            self._tell(False)
            return False
        except Exception:  # whatever the file holds, the server goes on
            _LOG.exception("the model loaded before goes on answering: %s", self._path)
            self._tell(False)
            return False
        _LOG.info("%s has changed and answers from now on", self._path)
        self._tell(True)
        return True


def _mark(path: Path) -> _Mark:
    """Return what differs between two versions of a file; None: there is none."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns
