"""Model files: weights as safetensors, all else as strict JSON in the header of the same file.

A model file is data and nothing but data: names in it are looked up in closed tables, sizes are
held against the size of the file, and nothing is ever unpickled or imported by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from homespun.data import Scaling
from homespun.errors import ModelFileError
from homespun.files import read_bounded, write_durably
from homespun.models import Model
from homespun.nn import Layer, Parameters, named_arrays, shapes_of
from homespun.storage.container import check_kinds, pack, unpack_about, unpack_arrays
from homespun.storage.description import build_layer, build_loss, describe, sum_of_sizes
from homespun.storage.trial import try_out
from homespun.storage.trust import PREFIX, build_trust, describe_trust, trust_arrays
from homespun.types import Array, Shape

FORMAT = 2
"""The version of what stands in the header. Older versions are read, newer ones are refused."""

_MOST_BYTES = 2**30
_MOST_PIXELS = 2**26
_LARGEST_PIXEL = 255
_SMALLEST_STD = 1e-6
_SPARE_SIZES = 2**20
"""What the sizes in a network may add up to beyond the number of weights in the file."""

_KINDS: Mapping[str, type] = {
    "format": int,
    "network": dict,
    "loss": dict,
    "scaling": dict,
    "in_shape": list,
    "class_names": list,
    "weight_hash": str,
    "record": dict,
}
_SINCE_2 = ("temperature", "smoothing", "sure_from", "thresholds", "preparation", "rejection")


def save(model: Model, path: Path | str) -> None:
    """Write `model` to the file at `path`, durably.

    What is about to be written is read first, so that no file is replaced by one that `load` would
    refuse.

    Raises:
        FileError: the file cannot be written.
        ModelFileError: the model cannot be stored, as with weights that are not finite or not
            float32, pictures of floats, or a record that is not plain JSON; the file is left as it
            was.
        TypeError: the network has a part that is not one of homespun's own.
    """
    if model.pixels != "uint8":
        raise ModelFileError(
            path, f"was not written, since files hold models for uint8 and not {model.pixels}"
        )
    about = {
        "format": FORMAT,
        "network": describe(model.network),
        "loss": describe(model.loss),
        "scaling": {"mean": list(model.scaling.mean), "std": list(model.scaling.std)},
        "in_shape": list(model.in_shape),
        "class_names": list(model.class_names),
        "weight_hash": model.parameters.weight_hash(),
        "record": dict(model.record),
        **describe_trust(model),
    }
    try:
        content = pack(model.parameters.named() | trust_arrays(model), about)
        _decode(content)
    except (TypeError, ValueError) as error:
        raise ModelFileError(path, f"was not written, since {error}") from error
    write_durably(path, content)


def load(path: Path | str) -> Model:
    """Return the model in the file at `path`.

    Raises:
        FileError: the file is missing or cannot be read.
        ModelFileError: it is not a model file, is damaged, or is of a newer format.
    """
    content = read_bounded(path, _MOST_BYTES)
    try:
        return _decode(content)
    except ValueError as error:
        raise ModelFileError(path, f"is not a sound model file: {error}") from error


def inspect(path: Path | str) -> dict[str, Any]:
    """Return what the file says of its model, and the shape of each array, without building it.

    Raises:
        FileError: the file is missing or cannot be read.
        ModelFileError: it is not a model file, is damaged, or is of a newer format.
    """
    content = read_bounded(path, _MOST_BYTES)
    try:
        about = _about(content)
        arrays = unpack_arrays(content)
    except ValueError as error:
        raise ModelFileError(path, f"is not a sound model file: {error}") from error
    weights, _ = _parted(arrays)
    return {
        **about,
        "arrays": {name: list(array.shape) for name, array in arrays.items()},
        "n_weights": sum(array.size for array in weights.values()),
    }


def _decode(content: bytes) -> Model:
    """Return the model in a file's bytes.

    Raises:
        ValueError: something is wrong with them (homespun's own errors among these).
    """
    about = _about(content)
    weights, others = _parted(unpack_arrays(content))
    network = build_layer(about["network"])
    in_shape = _in_shape(about["in_shape"])
    class_names = tuple(about["class_names"])
    parameters = _parameters(network, in_shape, len(class_names), weights)
    if parameters.weight_hash() != about["weight_hash"]:
        raise ValueError("the weights are not those that were saved")
    trust: Mapping[str, Any] = {}
    if about["format"] > 1:
        trust = build_trust(about, others, network, in_shape, len(class_names))
    model = Model(
        network=network,
        parameters=parameters,
        loss=build_loss(about["loss"]),
        scaling=_scaling(about["scaling"], in_shape[-1]),
        in_shape=in_shape,
        class_names=class_names,
        record=about["record"],
        **trust,
    )
    try_out(model)
    return model


def _about(content: bytes) -> Mapping[str, Any]:
    """Return what is said of the model, each entry of the right kind."""
    about = unpack_about(content, FORMAT)
    check_kinds(about, _KINDS)
    if not all(isinstance(name, str) for name in about["class_names"]):
        raise ValueError("its class_names are not all text")
    missing = [name for name in _SINCE_2 if name not in about]
    if about["format"] > 1 and missing:
        raise ValueError(f"its {missing[0]} is missing")
    return about


def _parted(arrays: Mapping[str, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the weights, and what belongs to the rejection."""
    others = {name: array for name, array in arrays.items() if name.startswith(PREFIX)}
    return {name: array for name, array in arrays.items() if name not in others}, others


def _parameters(
    network: Layer, in_shape: Shape, n_classes: int, arrays: Mapping[str, Array]
) -> Parameters:
    stored = sum(array.size for array in arrays.values())
    if sum_of_sizes(network) > stored + _SPARE_SIZES:
        raise ValueError(f"the network has more than the {stored:,} weights that the file holds")
    shapes, out_shape = shapes_of(network, in_shape)
    if out_shape != (n_classes,):
        raise ValueError(f"the network gives {out_shape}, there are {n_classes} class names")
    expected = sum(array.size for array in named_arrays(shapes).values())
    if expected != stored:
        raise ValueError(f"the network has {expected:,} weights, the file holds {stored:,}")
    parameters = Parameters(shapes)
    parameters.load(arrays)
    for name, array in parameters.named().items():
        if not np.isfinite(array).all():
            raise ValueError("some weights are not finite numbers")
        if name.endswith("running_var") and (array < 0).any():
            raise ValueError(f"{name} holds numbers below 0, which no variance is")
    return parameters


def _in_shape(sizes: list[Any]) -> Shape:
    if len(sizes) != 3 or not all(type(n) is int and n > 0 for n in sizes):
        raise ValueError(f"in_shape {sizes} is not a picture's (height, width, channel)")
    if math.prod(sizes) > _MOST_PIXELS:
        raise ValueError(f"in_shape {sizes} is larger than any picture that is read")
    return tuple(sizes)


def _scaling(about: Mapping[str, Any], n_channels: int) -> Scaling:
    return Scaling(
        mean=_per_channel(about.get("mean"), n_channels, smallest=0.0),
        std=_per_channel(about.get("std"), n_channels, smallest=_SMALLEST_STD),
    )


def _per_channel(values: Any, n_channels: int, *, smallest: float) -> tuple[float, ...]:
    if not isinstance(values, list) or len(values) != n_channels:
        raise ValueError(f"its scaling does not fit {n_channels} channels")
    if not all(type(v) in (int, float) and smallest <= v <= _LARGEST_PIXEL for v in values):
        raise ValueError(f"its scaling holds {values}, which no pixels have")
    return tuple(map(float, values))
