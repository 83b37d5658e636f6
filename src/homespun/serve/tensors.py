"""Tensors as the Open Inference Protocol carries them: as JSON, or as bytes that follow the JSON.

Sources: Open Inference Protocol, "HTTP/REST" (inference_rest.md); KServe, "Binary Tensor Data
Extension".
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from homespun.files import parse_json
from homespun.types import Array, ByteArray, Shape

DATATYPES: Mapping[str, str] = {
    "UINT8": "<u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "INT8": "<i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}
"""What numbers may come as, and how NumPy calls it."""

MOST_JSON = 4 * 2**20
"""Bytes of JSON that are read: parsing holds up all other requests for a moment."""

MOST_PICTURES = 1024
"""Pictures in one request."""

_WHITE = 255


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a request asks for.

    Attributes:
        id: what the client calls the request, to be returned; None: nothing.
        pictures: (n, *in_shape) uint8.
        outputs: the outputs to return, in order, and whether as bytes.
    """

    id: str | None
    pictures: ByteArray
    outputs: Mapping[str, bool]


def read_request(
    body: bytes, json_length: str | None, in_shape: Shape, outputs: Sequence[str]
) -> Wanted:
    """Return what the body of a request asks for.

    Args:
        body: JSON, and maybe bytes after it.
        json_length: how much of it is JSON, as the header says it; None: all.
        in_shape: (height, width, channel) of a picture.
        outputs: the names of all that can be asked for; where nothing is named, all of it is.

    Raises:
        ValueError: the body is not what the protocol has, or holds no such pictures.
    """
    text, rest = _parted(body, json_length)
    try:
        request = parse_json(text)
    except ValueError as error:
        raise ValueError(f"the request is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise ValueError("the request is not a JSON object")
    name = request.get("id")
    if not isinstance(name, str | None):
        raise ValueError("id is not text")
    pictures = _pictures(_one_input(request), rest, in_shape)
    return Wanted(name, pictures, _wanted(request, outputs))


def write_tensor(name: str, values: Array, *, as_bytes: bool) -> tuple[dict[str, Any], bytes]:
    """Return what JSON says of a tensor, and the bytes that follow where it was asked for so.

    Args:
        name: what the tensor is called.
        values: float32 becomes FP32, text becomes BYTES.
        as_bytes: whether the numbers or words follow the JSON instead of standing in it.
    """
    is_text = values.dtype.kind == "U"
    about: dict[str, Any] = {
        "name": name,
        "datatype": "BYTES" if is_text else "FP32",
        "shape": list(values.shape),
    }
    if not as_bytes:
        return about | {"data": values.ravel().tolist()}, b""
    content = _words(values) if is_text else values.astype("<f4").tobytes()
    return about | {"parameters": {"binary_data_size": len(content)}}, content


def _words(values: Array) -> bytes:
    encoded = [word.encode() for word in values.ravel().tolist()]
    return b"".join(struct.pack("<I", len(word)) + word for word in encoded)


def _parted(body: bytes, json_length: str | None) -> tuple[bytes, bytes]:
    """Return the JSON in a body, and what follows it."""
    length = len(body)
    if json_length is not None:
        if not (json_length.isascii() and json_length.isdigit() and len(json_length) < 12):
            raise ValueError("Inference-Header-Content-Length is not a number of bytes")
        length = int(json_length)
    if length > len(body):
        raise ValueError(f"the JSON should have {length:,} bytes, {len(body):,} came")
    if length > MOST_JSON:
        raise ValueError(
            f"over {MOST_JSON:,} bytes of JSON: send fewer pictures, or binary tensor data"
        )
    return body[:length], body[length:]


def _one_input(request: Mapping[str, Any]) -> Mapping[str, Any]:
    inputs = request.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(inputs[0], dict):
        raise ValueError("inputs must be a list of one tensor, the pictures")
    return inputs[0]


def _pictures(tensor: Mapping[str, Any], rest: bytes, in_shape: Shape) -> ByteArray:
    shape = tensor.get("shape")
    if not isinstance(shape, list) or not all(type(n) is int for n in shape):
        raise ValueError("the input's shape is not a list of whole numbers")
    if tuple(shape[1:]) != in_shape or not 0 <= shape[0] <= MOST_PICTURES:
        raise ValueError(
            f"the input's shape is {_shown(shape)}; the model takes [n, "
            f"{', '.join(map(str, in_shape))}], n at most {MOST_PICTURES:,}"
        )
    datatype = tensor.get("datatype")
    if not isinstance(datatype, str) or datatype not in DATATYPES:
        raise ValueError(f"the input's datatype is none of {', '.join(DATATYPES)}")
    size = _parameters(tensor).get("binary_data_size")
    if size is None:
        if rest:
            raise ValueError("bytes follow the JSON, and no input says binary_data_size")
        values = _numbers(tensor.get("data"), shape)
    else:
        values = _numbers_of_bytes(rest, size, DATATYPES[datatype], shape)
    return _grey_levels(values).reshape(shape)


def _shown(shape: Sequence[int]) -> str:
    return str(shape) if len(shape) <= 8 else f"one of {len(shape)} sizes"


def _numbers(data: Any, shape: Sequence[int]) -> Array:
    """Return the numbers that stand in JSON, nested as the shape says or all in one list."""
    if not isinstance(data, list):
        raise ValueError("the input's data is not a list of numbers")
    try:
        values = np.asarray(data)
    except ValueError as error:  # lists of several lengths
        raise ValueError("the input's data is nested unevenly") from error
    if values.size and values.dtype.kind not in "iuf":
        raise ValueError("the input's data holds something other than numbers")
    if values.size != math.prod(shape) or (values.ndim != 1 and list(values.shape) != shape):
        raise ValueError(f"the input's data does not have the shape {_shown(shape)}")
    return values


def _numbers_of_bytes(content: bytes, size: Any, dtype: str, shape: Sequence[int]) -> Array:
    expected = math.prod(shape) * np.dtype(dtype).itemsize
    if type(size) is not int or size != len(content) or size != expected:
        raise ValueError(
            f"the input's shape and datatype make {expected:,} bytes; binary_data_size and what "
            f"follows the JSON ({len(content):,} bytes) must be as many"
        )
    return np.frombuffer(content, dtype)


def _grey_levels(values: Array) -> ByteArray:
    """Return numbers of any type as bytes; nothing is rounded, and nothing clipped."""
    inside = (values >= 0) & (values <= _WHITE)
    if not inside.all():  # nor is what is not a number
        raise ValueError("the input holds numbers that are not from 0 to 255")
    levels = values.astype(np.uint8)
    if (levels != values).any():
        raise ValueError(
            "the input holds fractions; pixels are whole numbers from 0 to 255, so multiply what "
            "goes from 0 to 1 by 255 and round it"
        )
    return levels


def _wanted(request: Mapping[str, Any], outputs: Sequence[str]) -> Mapping[str, bool]:
    as_bytes = _parameters(request).get("binary_data_output", False)
    named = request.get("outputs")
    if named is None:
        named = [{"name": name} for name in outputs]
    if not isinstance(named, list) or not all(isinstance(output, dict) for output in named):
        raise ValueError("outputs is not a list of objects")
    wanted: dict[str, bool] = {}
    for output in named:
        name = output.get("name")
        if name not in outputs or name in wanted:
            raise ValueError(f"outputs must name each of {', '.join(outputs)} once at most")
        wanted[name] = _parameters(output).get("binary_data", as_bytes) is True
    return wanted


def _parameters(of: Mapping[str, Any]) -> Mapping[str, Any]:
    parameters = of.get("parameters", {})
    if not isinstance(parameters, dict):
        raise ValueError("parameters is not a JSON object")
    return parameters
