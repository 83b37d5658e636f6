"""Networks as JSON: each part by a name from a closed table, so a file can name nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from homespun import nn

_LOSSES = (nn.BinaryCrossEntropy, nn.SoftmaxCrossEntropy, nn.SquaredError)
_LAYERS = (
    nn.AvgPool2D,
    nn.BatchNorm,
    nn.Chain,
    nn.Conv2D,
    nn.Dense,
    nn.Dropout,
    nn.Flatten,
    nn.GELU,
    nn.GlobalAvgPool,
    nn.GlobalMaxPool,
    nn.MaxPool2D,
    nn.PooledConv2D,
    nn.ReLU,
    nn.Residual,
    nn.Sigmoid,
    nn.Tanh,
)
_PARTS: Mapping[str, Any] = {part.__name__: part for part in (*_LAYERS, *_LOSSES)}
_FUNCTIONS: Mapping[str, Any] = {
    function.__name__: function
    for function in (nn.glorot_uniform, nn.he_normal, nn.lecun_normal, nn.uniform)
}
_LARGEST_SIZE = 2**20
_DEEPEST = 20


def describe(part: Any) -> Any:
    """Return a layer, a loss, or the value of one of their fields, as plain JSON values.

    Raises:
        TypeError: the part, or a part of it, is not in the closed tables.
    """
    if isinstance(part, bool | int | float):
        return part
    if isinstance(part, tuple):
        return [describe(item) for item in part]
    name = getattr(part, "__name__", type(part).__name__)
    if _FUNCTIONS.get(name) is part:
        return {"function": name}
    if _PARTS.get(name) is not type(part) or not is_dataclass(part):
        raise TypeError(f"{name} cannot be stored: it is not one of homespun's own parts")
    return {"part": name} | {f.name: describe(getattr(part, f.name)) for f in fields(part)}


def build_layer(description: Any) -> nn.Layer:
    """Return the layer that `describe` described.

    Raises:
        ValueError: a name is unknown, or a setting is missing, odd or out of bounds.
    """
    layer = _build(description, 0)
    if not isinstance(layer, _LAYERS):
        raise ValueError(f"expected a layer, got {layer!r}")
    return layer


def build_loss(description: Any) -> nn.Loss:
    """Return the loss that `describe` described.

    Raises:
        ValueError: a name is unknown, or a setting is missing, odd or out of bounds.
    """
    loss = _build(description, 0)
    if not isinstance(loss, _LOSSES):
        raise ValueError(f"expected a loss, got {loss!r}")
    return loss


def sum_of_sizes(part: Any) -> int:
    """Return the sum of all whole numbers in a layer's settings, those of its inner layers too.

    It bounds the room that biases take, before any is made.
    """
    if isinstance(part, tuple):
        return sum(map(sum_of_sizes, part))
    if is_dataclass(part):
        return sum(sum_of_sizes(getattr(part, field.name)) for field in fields(part))
    return part if type(part) is int else 0


def _build(description: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError(f"the description is nested more than {_DEEPEST} deep")
    if isinstance(description, list):
        return tuple(_build(item, depth + 1) for item in description)
    if not isinstance(description, Mapping):
        return description
    if description.keys() == {"function"}:
        return _look_up(_FUNCTIONS, description["function"])
    settings = {n: _build(v, depth + 1) for n, v in description.items() if n != "part"}
    part = _look_up(_PARTS, description.get("part"))
    expected = {field.name for field in fields(part)}
    if settings.keys() != expected:
        odd = ", ".join(sorted(settings.keys() ^ expected))
        raise ValueError(f"{part.__name__}: these settings are missing or unknown: {odd}")
    for field in fields(part):
        _check(part.__name__, field.name, str(field.type), settings[field.name])
    window, padding = settings.get("kernel", ()), settings.get("padding", ())
    if any(wide >= size for wide, size in zip(padding, window, strict=False)):
        raise ValueError(f"{part.__name__}: padding {padding} is as wide as the kernel")
    return part(*settings["layers"]) if part is nn.Chain else part(**settings)


def _look_up(table: Mapping[str, Any], name: Any) -> Any:
    if not isinstance(name, str) or name not in table:
        raise ValueError(f"unknown part {name!r} (a newer homespun may know it)")
    return table[name]


def _check(part: str, setting: str, kind: str, value: Any) -> None:
    """Refuse a value of another type than the field's annotation names."""
    is_tuple = isinstance(value, tuple)
    fits = {
        "bool": isinstance(value, bool),
        "int": _is_size(value) and value > 0,
        "float": type(value) in (int, float),
        "tuple[int, int]": is_tuple and len(value) == 2 and all(map(_is_size, value)),
        "Layer": isinstance(value, _LAYERS),
        "tuple[Layer, ...]": is_tuple and all(isinstance(item, _LAYERS) for item in value),
        "Initializer": value in _FUNCTIONS.values(),
    }
    if not fits[kind]:
        raise ValueError(f"{part}: {setting} is {value!r}, which is not a {kind} that fits")


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_SIZE  # True is an int, but no size
