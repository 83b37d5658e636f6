"""Writing a file so that a crash leaves the older or the newer one whole, never a mixture."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from homespun.errors import FileError

_ADVICE = {
    errno.ENOSPC: "; make room on the disk",
    errno.EACCES: "; choose a place that you may write to",
    errno.EROFS: "; choose a place that you may write to",
    errno.ENOENT: "; its folder is not there",
}

_CANNOT_FLUSH = {errno.EINVAL, errno.ENOTSUP}
"""What file systems answer that cannot flush a folder, as some of the network do (fsync(2))."""

_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)


def write_durably(path: Path | str, content: bytes) -> None:
    """Replace the file at `path` by `content`, or leave it as it was.

    Raises:
        FileError: the folder is missing or read-only, the disk is full, or another system error.
    """
    with durable_file(path) as file:
        file.write(content)


@contextmanager
def durable_file(path: Path | str) -> Iterator[BinaryIO]:
    """Give a file to write in the `with` block, which replaces the one at `path` at its end.

    The bytes go to a new file beside the old one and are flushed to the disk before the new file
    takes the old one's name; the folder is flushed last, so that the name survives a power cut.
    After any error the old file is as it was.

    Raises:
        FileError: the folder is missing or read-only, the disk is full, or another system error.
    """
    path = Path(path)
    part = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except FileError:
        raise
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "")
        problem = f"cannot be written ({error.strerror}); nothing was changed{advice}"
        raise FileError(path, problem) from error
    finally:
        with suppress(OSError):  # it has taken its name, or was never made
            part.unlink()
    try:
        _flush_folder(path.parent)
    except OSError as error:
        problem = f"was written, but may not survive a power cut ({error.strerror})"
        raise FileError(path, problem) from error


def make_folder(path: Path | str) -> None:
    """Make the folder at `path`, and those above it, so that they survive a power cut.

    Raises:
        FileError: it cannot be made.
    """
    path = Path(path)
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            with suppress(PermissionError):  # one may write to a folder that one may not open
                _flush_folder(folder.parent)
    except OSError as error:
        raise FileError(path, f"cannot be made ({error.strerror})") from error


def is_part(path: Path) -> bool:
    """Return whether the file is what a killed process left of a write: no other file's name."""
    return _PART.fullmatch(path.name) is not None


def remove_parts(folder: Path) -> None:
    """Remove what killed processes left in `folder`. Nobody else may be writing there."""
    for path in folder.glob(".*.part"):
        if is_part(path):
            with suppress(OSError):
                path.unlink()


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and journals its renames
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT_FLUSH:
            raise
    finally:
        os.close(handle)
