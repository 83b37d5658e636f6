"""Reading and building IDX, the format of MNIST and its kin, without trusting a single count.

An IDX file is a magic number (two zero bytes, the type of the values, the number of dimensions),
one big-endian 32-bit count for each dimension, and the values. The format is described on the
MNIST page of LeCun, Cortes and Burges.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np

from homespun.data.unpacked import Unpacked, open_unpacked
from homespun.errors import ShapeError
from homespun.types import ByteArray, Shape

MOST_BYTES = 1 << 30
"""The most unpacked bytes that are read of one file: 1 GiB."""

_UNSIGNED_BYTE = 0x08
_OTHER_TYPES = {0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
_MOST_DIMENSIONS = 4


def read_idx(path: Path | str, most_bytes: int = MOST_BYTES) -> ByteArray:
    """Return the values of an IDX file of unsigned bytes, gzipped or not.

    The header's counts are checked against what is there; memory grows with the bytes that come,
    and no more of them are unpacked than the header promises.

    Args:
        path: the file.
        most_bytes: the largest unpacked size that is accepted, header included.

    Returns:
        uint8 array of one to four dimensions, in the shape that the header names.

    Raises:
        DataError: the file is anything but one whole IDX file of unsigned bytes; `offset` counts
            unpacked bytes.
        FileError: the file is missing or may not be read.
    """
    with open_unpacked(path) as content:
        shape = _read_shape(content, most_bytes)
        values = _read_values(content, shape)
    return np.frombuffer(values, np.uint8).reshape(shape)


def encode_idx(values: ByteArray) -> bytes:
    """Return the one IDX file, not gzipped, that holds `values`.

    Raises:
        ShapeError: `values` are not unsigned bytes, hold nothing, or have no or more than four
            dimensions.
    """
    if values.dtype != np.uint8 or not 1 <= values.ndim <= _MOST_DIMENSIONS or not values.size:
        raise ShapeError(
            "encode_idx: expected uint8 values in one to four dimensions, "
            f"got {values.dtype} of shape {values.shape}"
        )
    return idx_header(values.shape) + values.tobytes()


def idx_header(shape: Shape) -> bytes:
    """Return the bytes that stand before the values of an IDX file of this shape."""
    magic = bytes([0, 0, _UNSIGNED_BYTE, len(shape)])
    return magic + struct.pack(f">{len(shape)}I", *shape)


def _read_shape(content: Unpacked, most_bytes: int) -> Shape:
    n_dimensions = _read_magic(content)
    counts = content.read(4 * n_dimensions)
    if len(counts) < 4 * n_dimensions:
        raise content.fault(
            f"expected {n_dimensions} counts of four bytes, but the file ends inside them: "
            "it is incomplete, get it again"
        )
    shape: Shape = struct.unpack(f">{n_dimensions}I", counts)
    if 0 in shape:
        raise content.fault(
            f"expected at least one value, got the counts {_times(shape)}: "
            "the file holds nothing, or its header is damaged",
            offset=4 + 4 * shape.index(0),
        )
    n_bytes = content.offset + math.prod(shape)
    if n_bytes > most_bytes:
        raise content.fault(
            f"expected at most {most_bytes:,} bytes, but the header promises {n_bytes:,} "
            f"({_times(shape)} values): its counts lie, or it is another file than was wanted",
            offset=4,
        )
    return shape


def _read_magic(content: Unpacked) -> int:
    magic = content.read(4)
    if not magic:
        raise content.fault("expected an IDX file, got no bytes at all: get the file again")
    if len(magic) < 4:
        raise content.fault(
            "expected the four bytes of IDX's magic number, but the file ends inside them: "
            "it is incomplete, get it again"
        )
    zeros, kind, n_dimensions = magic[:2], magic[2], magic[3]
    if any(zeros):
        raise content.fault(
            f"expected an IDX file, which begins with two zero bytes, got {zeros.hex(' ')}: "
            "this is another kind of file",
            offset=0,
        )
    if kind != _UNSIGNED_BYTE:
        raise content.fault(
            f"expected values of type 0x08 (unsigned byte), got 0x{kind:02x} "
            f"({_OTHER_TYPES.get(kind, 'unknown to IDX')}): convert the values to bytes",
            offset=2,
        )
    if not 1 <= n_dimensions <= _MOST_DIMENSIONS:
        raise content.fault(
            f"expected one to four dimensions, got {n_dimensions}: the header is damaged, "
            "or the file holds no pictures or labels",
            offset=3,
        )
    return n_dimensions


def _read_values(content: Unpacked, shape: Shape) -> bytearray:
    n_values = math.prod(shape)
    values = content.read(n_values)
    if len(values) < n_values:
        raise content.fault(
            f"expected {n_values:,} values ({_times(shape)}), but the file ends after "
            f"{len(values):,}: it is incomplete or its counts lie, get it again"
        )
    end = content.offset
    if content.read(1):
        raise content.fault(
            f"expected the end after {n_values:,} values ({_times(shape)}), but more bytes "
            "follow: the counts lie or something was appended, get the file again",
            offset=end,
        )
    return values


def _times(shape: Shape) -> str:
    return " x ".join(str(count) for count in shape)
