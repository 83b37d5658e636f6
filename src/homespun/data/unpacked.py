"""A file may come gzipped or plain, under either name; its readers should not have to care.

Whatever is wrong with the packing turns into one `DataError` that names the byte.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedReader
from pathlib import Path

from homespun.errors import DataError, FileError

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16


class Unpacked:
    """The unpacked bytes of one open file, from the first to the last.

    Attributes:
        path: the file, for messages.
        offset: how many unpacked bytes were read so far.
    """

    def __init__(self, path: Path, source: BufferedIOBase) -> None:
        self.path = path
        self.offset = 0
        self._source = source

    def read(self, n_bytes: int) -> bytearray:
        """Return the next `n_bytes` bytes, or fewer where the file ends.

        Memory grows with what comes, not with what was asked for.

        Raises:
            DataError: the gzip packing is corrupt or cut short.
            FileError: the system fails to read.
        """
        content = bytearray()
        while len(content) < n_bytes:
            chunk = self._read_some(min(_CHUNK, n_bytes - len(content)))
            if not chunk:
                break
            content += chunk
        return content

    def fault(self, problem: str, offset: int | None = None) -> DataError:
        """Return the error for `problem` at `offset`, by default where reading has come to."""
        return DataError(self.path, problem, self.offset if offset is None else offset)

    def _read_some(self, at_most: int) -> bytes:
        # read1, because read would lose what was unpacked in the same call before a fault
        try:
            chunk = self._source.read1(at_most)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise self.fault(
                f"expected sound gzip data, but unpacking fails here ({error}): "
                "the file is damaged or incomplete, get it again"
            ) from error
        except OSError as error:
            raise _unreadable(self.path, error) from error
        self.offset += len(chunk)
        return chunk


@contextmanager
def open_unpacked(path: Path | str) -> Iterator[Unpacked]:
    """Open the file at `path`; whether it is gzipped is told by its first two bytes.

    Raises:
        DataError: the path is a folder or a device.
        FileError: the file is missing or may not be read.
    """
    path = Path(path)
    with _open(path) as file:
        if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            with gzip.GzipFile(fileobj=file) as unpacking:
                yield Unpacked(path, unpacking)
        else:
            yield Unpacked(path, file)


def _open(path: Path) -> BufferedReader:
    # Looked at before it is opened: opening a pipe would wait for ever.
    if os.path.exists(path) and not os.path.isfile(path):
        raise DataError(path, "expected a file, got a folder or a device: name the file itself")
    try:
        return open(path, "rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> FileError:
    return FileError(path, f"cannot be read ({error.strerror})")
