"""Sharing something large between the processes of one host, whose memory holds it once."""

from __future__ import annotations

import mmap
import pickle
import tempfile
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

from homespun.errors import FileError

T = TypeVar("T")

_ALIGNMENT = 64
"""Bytes: arrays begin where a line of the cache does."""


def share(make: Callable[[], T], comm: Any, meet: Callable[[], object]) -> T:
    """Return what `make` returns on the first process of `comm`; the others do not call it.

    Whatever it holds goes to the others as it is, except for its arrays: these are written to a
    temporary file, which is mapped into all processes, read-only. The file loses its name as soon
    as all have it, and is gone with the last of them.

    Args:
        make: is called on the first process alone; what it returns can be pickled.
        comm: the processes of this host (an mpi4py communicator).
        meet: is called by each process before the next thing that they do together; raises if one
            of them has failed.

    Raises:
        FileError: the file cannot be written or mapped.
    """
    if comm.size == 1:
        value = make()
        meet()
        meet()
        return value
    shared: T = _give(make, comm, meet) if comm.rank == 0 else _get(comm, meet)
    return shared


def _give(make: Callable[[], T], comm: Any, meet: Callable[[], object]) -> Any:
    buffers: list[pickle.PickleBuffer] = []
    frame = pickle.dumps(make(), protocol=5, buffer_callback=buffers.append)
    with _temporary_file() as file:
        sizes = _write(buffers, file)
        meet()
        comm.bcast((frame, sizes, file.name))
        shared = _load(frame, sizes, _map(file.name))
        meet()  # all have mapped it
    return shared


def _get(comm: Any, meet: Callable[[], object]) -> Any:
    meet()
    frame, sizes, path = comm.bcast(None)
    shared = _load(frame, sizes, _map(path))
    meet()
    return shared


def _temporary_file() -> Any:
    try:
        return tempfile.NamedTemporaryFile(prefix="homespun-", suffix=".shared")
    except OSError as error:
        raise _unwritable(error) from error


def _write(buffers: list[pickle.PickleBuffer], file: BinaryIO) -> list[int]:
    """Write the buffers, each from an aligned place on; return their sizes."""
    sizes = []
    try:
        for buffer in buffers:
            with buffer.raw() as content:
                file.write(content)
                file.write(bytes(-content.nbytes % _ALIGNMENT))
                sizes.append(content.nbytes)
        file.flush()
    except OSError as error:
        raise _unwritable(error) from error
    return sizes


def _map(path: str) -> memoryview:
    try:
        with open(path, "rb") as file:
            file.seek(0, 2)
            if file.tell() == 0:  # an empty file can't be mapped
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise FileError(path, f"cannot be mapped ({error.strerror})") from error


def _load(frame: bytes, sizes: list[int], content: memoryview) -> Any:
    buffers, start = [], 0
    for size in sizes:
        buffers.append(content[start : start + size])
        start += size + -size % _ALIGNMENT
    return pickle.loads(frame, buffers=buffers)


def _unwritable(error: OSError) -> FileError:
    return FileError(
        tempfile.gettempdir(),
        f"cannot hold what the processes of this host share ({error.strerror}); "
        "name a folder with more room in TMPDIR",
    )
