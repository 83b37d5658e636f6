"""Writing a file so that a crash leaves the older or the newer one whole, never a mixture."""

from __future__ import annotations

import os
import secrets
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
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        _flush_folder(path.parent)
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); nothing was changed"
        raise FileError(path, problem) from error
    finally:
        part.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and journals its renames
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
