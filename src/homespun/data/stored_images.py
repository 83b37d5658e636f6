"""Pictures that stay on the disk: those that are asked for are read, and nothing else.

So memory does not grow with the data set, nor with the epochs; what the system has to spare it uses
to keep the file at hand. A mapping would do the same, but the system maps up to 2 MB around each
picture that is touched, and counts them as the process's own.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from homespun.errors import DataError, FileError, ShapeError
from homespun.files import durable_file
from homespun.types import Array, ByteArray, IntArray, Shape

_DIMENSIONS = 4


class StoredImages:
    """uint8 pictures (n_samples, height, width, channel) in a .npy file, or a choice of them.

    It is read like an array: `images[i]`, `images[a:b]`, `images[indices]` and `take` give arrays
    of their own. `choose` gives a choice that is read later.

    Attributes:
        path: the file.
        shape: (n_samples, height, width, channel) of the choice.
        dtype: uint8.
    """

    dtype = np.dtype(np.uint8)
    ndim = _DIMENSIONS

    def __init__(self, path: Path | str, chosen: IntArray | None = None) -> None:
        """Look at the file's header and size; `chosen` are indices (n_samples,), all by default.

        Raises:
            FileError: the file is missing or cannot be read.
            DataError: it is no .npy file of uint8 pictures, or is not whole.
        """
        self.path = Path(path)
        self._file_shape, self._offset = _read_header(self.path)
        self._chosen = np.arange(self._file_shape[0]) if chosen is None else chosen
        self.shape: Shape = (len(self._chosen), *self._file_shape[1:])

    @property
    def size(self) -> int:
        """The number of pixel values."""
        return math.prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> ByteArray:
        rows = np.asarray(self._chosen[index])
        images = np.empty((*rows.shape, *self.shape[1:]), np.uint8)
        pictures = images.reshape(-1, *self.shape[1:])
        try:
            with open(self.path, "rb") as file:
                for first, last in _runs(rows.ravel()):
                    file.seek(self._offset + int(rows.flat[first]) * math.prod(self.shape[1:]))
                    if file.readinto(pictures[first:last].data) != pictures[first:last].nbytes:
                        raise FileError(self.path, "is shorter than it was; make it anew")
        except FileError:
            raise
        except OSError as error:
            raise FileError(self.path, f"cannot be read ({error.strerror})") from error
        return images

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self[:].astype(dtype or self.dtype)

    def take(self, indices: IntArray, axis: int = 0) -> ByteArray:
        """Return the pictures at `indices`, as an array's `take` along the first axis."""
        if axis != 0:
            raise ShapeError(f"StoredImages: pictures are taken along axis 0, got {axis}")
        return self[indices]

    def choose(self, indices: Array | slice) -> StoredImages:
        """Return the choice of the pictures at `indices`; nothing is read."""
        return StoredImages(self.path, self._chosen[indices])


def _runs(rows: IntArray) -> Iterator[tuple[int, int]]:
    """Yield first and last + 1 of each run of neighbours in `rows`, which can be read at once."""
    starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
    ends = np.append(starts[1:], len(rows))
    return zip(starts.tolist(), ends.tolist(), strict=True) if len(rows) else iter(())


def store_images(path: Path | str, shape: Shape, blocks: Iterable[ByteArray]) -> StoredImages:
    """Write the pictures of `blocks`, one block after another, into the .npy file at `path`.

    The file gets its name when it is whole and on the disk.

    Args:
        path: where to write.
        shape: (n_samples, height, width, channel) of all blocks together.
        blocks: uint8 arrays (n, height, width, channel); one at a time is in memory.

    Raises:
        ShapeError: the blocks do not add up to `shape`, or are not uint8.
        FileError: the file cannot be written.
    """
    with durable_file(path) as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": tuple(shape)}
        np.lib.format.write_array_header_1_0(file, header)
        n = 0
        for block in blocks:
            if block.dtype != np.uint8 or block.shape[1:] != tuple(shape[1:]):
                raise ShapeError(
                    f"store_images: expected uint8 blocks for {tuple(shape)}, "
                    f"got {block.dtype} of shape {block.shape}"
                )
            file.write(np.ascontiguousarray(block).data)
            n += len(block)
        if n != shape[0]:
            raise ShapeError(f"store_images: expected {shape[0]:,} pictures, got {n:,}")
    return StoredImages(path)


def _read_header(path: Path) -> tuple[Shape, int]:
    """Return the shape and where the pixels begin, held against the size of the file."""
    try:
        with open(path, "rb") as file:
            shape, offset = _parse_header(file)
            n_bytes = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise FileError(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise DataError(path, f"is no .npy file of uint8 pictures ({error})", 0) from error
    if n_bytes != offset + math.prod(shape):
        raise DataError(
            path,
            f"expected {math.prod(shape):,} bytes of pictures, got {n_bytes - offset:,}: "
            "the file is not whole",
            offset,
        )
    return shape, offset


def _parse_header(file: Any) -> tuple[Shape, int]:
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"version {version}")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype != np.uint8 or is_fortran or len(shape) != _DIMENSIONS or min(shape) < 1:
        raise ValueError(f"it holds {dtype} of shape {shape}")
    return shape, file.tell()
