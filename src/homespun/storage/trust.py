"""What tells how far a model's answers can be trusted: as JSON and arrays, checked when read.

Since format 2. A file of format 1 says nothing of it, and its model promises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from homespun.data import Preparation
from homespun.models import Model, Rejection
from homespun.models.inside import Inside
from homespun.models.rejection import Depth
from homespun.nn import Layer
from homespun.storage.container import check_kinds
from homespun.types import Array, Shape

PREFIX = "rejection."
"""What the names of the rejection's arrays begin with; weights are named by layers' numbers."""

_ARRAYS = ("means", "scale", "directions", "variances")
_NUMBERS = ("rest", "usual", "spread")
_NOTHING = np.empty(0, np.float32)
_LARGEST = 1e30
_HOTTEST = 1000.0
_LONGEST = 1.001
"""More than any number in a direction of length 1, rounded to float32."""
_KINDS: Mapping[str, type] = {"layers": list, "depths": list, "threshold": float, "kept": float}


def describe_trust(model: Model) -> dict[str, Any]:
    """Return what the header says of a model's trust, as plain JSON values."""
    rejection, preparation = model.rejection, model.preparation
    return {
        "temperature": float(model.temperature),
        "smoothing": float(model.smoothing),
        "sure_from": model.sure_from,
        "thresholds": None if model.thresholds is None else list(model.thresholds),
        "preparation": None if preparation is None else asdict(preparation),
        "rejection": None
        if rejection is None
        else {
            "layers": list(rejection.layers),
            "depths": [{n: getattr(depth, n) for n in _NUMBERS} for depth in rejection.depths],
            "threshold": rejection.threshold,
            "kept": rejection.kept,
        },
    }


def trust_arrays(model: Model) -> dict[str, Array]:
    """Return the arrays of a model's trust by the names that they have in the file."""
    depths = () if model.rejection is None else model.rejection.depths
    return {
        f"{PREFIX}{i}.{name}": getattr(depth, name)
        for i, depth in enumerate(depths)
        for name in _ARRAYS
    }


def build_trust(
    about: Mapping[str, Any],
    arrays: Mapping[str, Array],
    network: Layer,
    in_shape: Shape,
    n_classes: int,
) -> dict[str, Any]:
    """Return what a model is told of trust.

    Args:
        about: the header.
        arrays: those whose names begin with PREFIX.
        network: the model's network.
        in_shape: (height, width, channel) of its pictures.
        n_classes: how many classes it knows.

    Raises:
        ValueError: something is missing, odd or out of bounds.
    """
    thresholds = about["thresholds"]
    if thresholds is not None:
        if not isinstance(thresholds, list) or len(thresholds) != n_classes:
            raise ValueError(f"its thresholds are not {n_classes} numbers, one for each class")
        thresholds = tuple(_number(value, "a threshold", 0, 1) for value in thresholds)
    sure_from = about["sure_from"]
    return {
        "temperature": _number(about["temperature"], "temperature", 1 / _HOTTEST, _HOTTEST),
        "smoothing": _number(about["smoothing"], "smoothing", 0, 0.99 / n_classes),
        "sure_from": None if sure_from is None else _number(sure_from, "sure_from", 0, 1),
        "thresholds": thresholds,
        "preparation": _preparation(about["preparation"]),
        "rejection": _rejection(about["rejection"], arrays, network, in_shape, n_classes),
    }


def _number(value: Any, name: str, least: float, most: float) -> float:
    if type(value) not in (int, float) or not least <= value <= most:
        raise ValueError(f"its {name} is {value!r}, which is not a number from {least} to {most}")
    return float(value)


def _preparation(about: Any) -> Preparation | None:
    if about is None:
        return None
    known = {field.name for field in fields(Preparation)}
    if not isinstance(about, dict) or about.keys() - known:
        raise ValueError(f"its preparation of photos is {about!r}; a newer homespun may know it")
    return Preparation(**about)


def _rejection(
    about: Any, arrays: Mapping[str, Array], network: Layer, in_shape: Shape, n_classes: int
) -> Rejection | None:
    if about is None:
        if arrays:
            raise ValueError(f"it holds {min(arrays)}, but describes no rejection")
        return None
    if not isinstance(about, dict):
        raise ValueError("its rejection is not described")
    check_kinds(about, _KINDS)
    layers, depths = about["layers"], about["depths"]
    if not all(type(i) is int for i in layers) or layers != sorted(set(layers)):
        raise ValueError("the layers of its rejection are not rising numbers")
    widths = Inside(network, tuple(layers)).widths(in_shape)
    if not layers or not len(layers) == len(widths) == len(depths):
        raise ValueError("the depths of its rejection do not fit the network's layers")
    if widths[-1] != n_classes or Inside(network, (layers[-1] + 1,)).widths(in_shape):
        raise ValueError("its rejection does not look at the network's last layer")
    built = [_depth(i, depths[i], arrays, (n_classes, w)) for i, w in enumerate(widths)]
    if len(arrays) != len(_ARRAYS) * len(built):
        raise ValueError("it holds arrays of a rejection that it does not describe")
    return Rejection(
        layers=tuple(layers),
        depths=tuple(built),
        threshold=_number(about["threshold"], "rejection's threshold", -_LARGEST, _LARGEST),
        kept=_number(about["kept"], "rejection's kept share", 0, 1),
    )


def _depth(i: int, about: Any, arrays: Mapping[str, Array], shape: Shape) -> Depth:
    """Return depth i, whose means must have this shape, (n_classes, n)."""
    if not isinstance(about, dict) or about.keys() != set(_NUMBERS):
        raise ValueError(f"depth {i} of its rejection is not described")
    found = {name: arrays.get(f"{PREFIX}{i}.{name}", _NOTHING) for name in _ARRAYS}
    numbers = {
        "rest": _number(about["rest"], "rejection's rest", 1 / _LARGEST, _LARGEST),
        "usual": _number(about["usual"], "rejection's usual", -_LARGEST, _LARGEST),
        "spread": _number(about["spread"], "rejection's spread", 1 / _LARGEST, _LARGEST),
    }
    directions = found["directions"]
    if directions.ndim != 2 or not 0 < directions.shape[1] <= shape[1]:
        raise ValueError(f"{PREFIX}{i}.directions does not fit the network")
    shapes = (shape, shape[1:], (shape[1], directions.shape[1]), directions.shape[1:])
    for name, fitting in zip(_ARRAYS, shapes, strict=True):
        array = found[name]
        if array.shape != fitting:
            raise ValueError(f"{PREFIX}{i}.{name} does not have the shape {fitting}")
        if not np.isfinite(array).all():
            raise ValueError(f"{PREFIX}{i}.{name} holds numbers that are not finite")
        if name in ("scale", "variances") and not array.min() > 0:
            raise ValueError(f"{PREFIX}{i}.{name} holds numbers that are not above 0")
    if np.abs(directions).max() > _LONGEST:
        raise ValueError(f"{PREFIX}{i}.directions are not of length 1")
    return Depth(
        means=found["means"],
        scale=found["scale"],
        directions=directions,
        variances=found["variances"],
        **numbers,
    )
