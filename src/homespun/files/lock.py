"""A lock on a folder, so that two processes never write one run; it names the one that writes.

The operating system holds the lock and lets go of it when its process ends, however that ends, so
a lock can't be left behind. The lock file says who wrote it, for the one who finds it taken.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from homespun.errors import FileError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        """Return whether the open file is now ours alone."""
        try:
            os.lseek(handle, _FAR, os.SEEK_SET)  # what is locked can't be read on Windows
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        """Return whether the open file is now ours alone."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


_FAR = 2**20
_MOST_BYTES = 200


class Lock:
    """Held from entering the `with` block to leaving it; its file stands at `path` meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Lock:
        """Take the lock.

        Raises:
            FileError: another process holds it, which is named; or the file cannot be written, or
                its file system has no locks.
        """
        try:
            self._handle = self._take()
            try:
                os.ftruncate(self._handle, 0)
                os.lseek(self._handle, 0, os.SEEK_SET)
                os.write(self._handle, _who().encode())
            except OSError:  # the disk is full: nobody else must find it locked
                self.__exit__(None, None, None)
                raise
        except FileError:
            raise
        except OSError as error:
            raise FileError(self.path, f"cannot be written ({error.strerror})") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError):  # removed with its folder, or Windows, which keeps open files
            self.path.unlink()
        os.close(self._handle)

    def check_free(self) -> None:
        """Look whether somebody holds the lock, without taking it.

        Raises:
            FileError: another process holds it, which is named; or its file system has no locks.
        """
        try:
            handle = os.open(self.path, os.O_RDWR)
        except OSError:  # mostly, there is none; whoever writes will hear of anything else
            return
        try:
            self._lock(handle)
        finally:
            os.close(handle)

    def _take(self) -> int:
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                self._lock(handle)
            except BaseException:
                os.close(handle)
                raise
            if self._is_still_there(handle):
                return handle
            os.close(handle)  # its last holder removed it between our opening and our locking

    def _lock(self, handle: int) -> None:
        try:
            is_ours = _try_lock(handle)
        except OSError as error:
            raise FileError(
                self.path.parent,
                f"cannot be locked ({error.strerror}), and two processes that write it at once "
                "would spoil it; choose a folder on another file system",
            ) from error
        if not is_ours:
            with suppress(OSError):
                os.lseek(handle, 0, os.SEEK_SET)
            holder = os.read(handle, _MOST_BYTES).decode(errors="replace").strip()
            raise FileError(
                self.path.parent,
                f"is being written by {holder or 'another process'}; wait for it, or end it",
            )

    def _is_still_there(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self.path))
        except FileNotFoundError:
            return False


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"
