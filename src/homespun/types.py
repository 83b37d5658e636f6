"""A few aliases, so that signatures read the same everywhere."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
FloatArray: TypeAlias = NDArray[np.floating[Any]]
ByteArray: TypeAlias = NDArray[np.uint8]
IntArray: TypeAlias = NDArray[np.integer[Any]]
BoolArray: TypeAlias = NDArray[np.bool_]

Shape: TypeAlias = tuple[int, ...]
"""The shape of one sample, without the batch axis."""

Params: TypeAlias = dict[str, Any]
"""A layer's arrays by name; a container of layers maps part names to the parts' own Params."""
