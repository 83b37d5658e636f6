"""Reading a file whose size somebody else chose: never more bytes than the caller allows."""

from __future__ import annotations

from pathlib import Path

from homespun.errors import FileError

_BLOCK = 2**20
"""Bytes asked for at a time. Python makes room for all that is asked for before it reads, so asking
for the limit at once would take that much memory for the smallest file."""


def read_bounded(path: Path | str, limit: int) -> bytes:
    """Return the bytes of the file at `path`, at most `limit` of them.

    Raises:
        FileError: it is missing, unreadable, not a regular file, or larger than `limit` bytes.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise FileError(path, "is not a file")
        content = _read(path, limit + 1)
    except FileError:
        raise
    except OSError as error:
        raise FileError(path, f"cannot be read ({error.strerror})") from error
    if len(content) > limit:
        raise FileError(
            path, f"is larger than {limit:,} bytes, the most that is read of such a file"
        )
    return content


def _read(path: Path, at_most: int) -> bytes:
    blocks = []
    with open(path, "rb") as file:
        while at_most and (block := file.read(min(at_most, _BLOCK))):
            blocks.append(block)
            at_most -= len(block)
    return b"".join(blocks)
