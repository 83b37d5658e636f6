"""The container that homespun's files share: safetensors, and in its header one strict JSON object.

Sizes are held against the size of the file before anything is built, and nothing is ever unpickled
or imported by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from homespun.files import parse_json
from homespun.types import Array

_KEY = "homespun"
MOST_HEADER_BYTES = 2**20
"""The longest header that is read of a file, unless its reader allows more."""


def pack(arrays: Mapping[str, Array], about: Mapping[str, Any]) -> bytes:
    """Return the bytes of a file that holds `arrays` and, as JSON, `about`.

    Raises:
        ValueError: `about` holds a number that is not finite.
        TypeError: `about` holds something that JSON lacks.
    """
    metadata = {_KEY: json.dumps(about, allow_nan=False)}
    content: bytes = safetensors.numpy.save(dict(arrays), metadata=metadata)
    return content


def unpack_about(
    content: bytes, version: int, most_bytes: int = MOST_HEADER_BYTES
) -> Mapping[str, Any]:
    """Return the JSON object, whose entry `format` must be a number from 1 to `version`.

    Raises:
        ValueError: it is not there, not sound, or of a newer format.
    """
    try:
        about = parse_json(_header(content, most_bytes)["__metadata__"][_KEY])
        found = about["format"]
    except (KeyError, TypeError) as error:
        raise ValueError("it is a safetensors file, but not homespun's") from error
    if type(found) is not int or not 1 <= found <= version:
        raise ValueError(
            f"it has format {found!r} and this homespun reads formats up to {version}; a newer one "
            "may read it"
        )
    checked: Mapping[str, Any] = about
    return checked


def unpack_arrays(content: bytes) -> Mapping[str, Array]:
    """Return the arrays by name, all of float32.

    Raises:
        ValueError: they are damaged or of another type.
    """
    try:
        arrays = safetensors.numpy.load(content)
    except (SafetensorError, KeyError, TypeError) as error:
        raise ValueError(f"its weights cannot be read ({error})") from error
    for name, array in arrays.items():
        if array.dtype != np.float32:
            raise ValueError(f"{name} holds {array.dtype} instead of float32")
    checked: Mapping[str, Array] = arrays
    return checked


def check_kinds(about: Mapping[str, Any], kinds: Mapping[str, type]) -> None:
    """Refuse an object whose entries are missing or of another kind.

    Raises:
        ValueError: the first such entry is named.
    """
    for name, kind in kinds.items():
        if not isinstance(about.get(name), kind):
            raise ValueError(f"its {name} is missing or is not a {kind.__name__}")


def _header(content: bytes, most_bytes: int) -> Any:
    """Return the header: the first 8 bytes say how long it is, little-endian, and JSON follows."""
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(len(content) - 8, most_bytes):
        raise ValueError("it is another kind of file, or only the beginning of one")
    try:
        return parse_json(content[8 : 8 + length])
    except ValueError as error:
        raise ValueError(f"its header is not sound JSON ({error})") from error
