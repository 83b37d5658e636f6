"""Reading a file whose size somebody else chose: never more bytes than the caller allows."""

from __future__ import annotations

from pathlib import Path

from homespun.errors import FileError


def read_bounded(path: Path | str, limit: int) -> bytes:
    """Return the bytes of the file at `path`, at most `limit` of them.

    Raises:
        FileError: it is missing, unreadable, not a regular file, or larger than `limit` bytes.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise FileError(path, "is not a file")
    try:
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise FileError(path, f"cannot be read ({error.strerror})") from error
    if len(content) > limit:
        raise FileError(
            path, f"is larger than {limit:,} bytes, the most that is read of such a file"
        )
    return content
