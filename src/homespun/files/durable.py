"""Writing a file so that a crash leaves the older or the newer one whole, never a mixture."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from homespun.errors import FileError


def write_durably(path: Path | str, content: bytes) -> None:
    """Replace the file at `path` by `content`, or leave it as it was.

    The bytes go to a new file beside the old one and are flushed to the disk before the new file
    takes the old one's name; the folder is flushed last, so that the name survives a power cut.

    Raises:
        FileError: the folder is missing or read-only, the disk is full, or another system error.
    """
    path = Path(path)
    part = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        _write_flushed(part, content)
        os.replace(part, path)
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); nothing was changed"
        raise FileError(path, problem) from error
    finally:
        with suppress(OSError):  # it has taken its name, or was never made
            part.unlink()
    try:
        _flush_folder(path.parent)
    except OSError as error:
        problem = f"was written, but may not survive a power cut ({error.strerror})"
        raise FileError(path, problem) from error


def _write_flushed(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and journals its renames
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
