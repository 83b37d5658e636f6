"""From an estimator's settings to a plan: strings become objects here, through closed tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homespun.augment import Augmentation
from homespun.errors import SettingError, ShapeError
from homespun.models import count_macs, find_recipe
from homespun.nn import Chain, Dense, Flatten, Layer, ReLU, shapes_of
from homespun.optim import (
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    Momentum,
    Nesterov,
    OneCycle,
    Optimizer,
    Schedule,
)
from homespun.training import Plan
from homespun.types import Shape

OPTIMIZERS: Mapping[str, Optimizer] = {
    "sgd": SGD(),
    "momentum": Momentum(),
    "nesterov": Nesterov(),
    "adam": Adam(),
    "adamw": AdamW(),
}
SCHEDULES = ("constant", "cosine", "one_cycle")

_LR = 0.001
_EPOCHS = 200
_BATCH_SIZE = 200
_HIDDEN = (Dense(100), ReLU())
_RECIPE = "fast"
_ROWS_A_SHARD = 100
_MAPS_A_SHARD = 16
_MACS_A_SHARD = 10_000_000
"""Multiply-adds that take longer than it takes to wake a thread."""


@dataclass(frozen=True)
class Wishes:
    """What the user asked for; None leaves it to the recipe, or to what MLPClassifier does."""

    layers: str | Sequence[Layer] | None
    optimizer: str | Optimizer | None
    learning_rate: str | Schedule | None
    learning_rate_init: float | None
    max_iter: int | None
    batch_size: int | None
    augmentation: Sequence[Augmentation] | None
    l1: float | None
    l2: float | None


def make_plan(
    wishes: Wishes, *, in_shape: Shape, is_flat: bool, n_samples: int, n_classes: int, seed: int
) -> Plan:
    """Return the plan for data of this kind and size.

    Args:
        wishes: what the user asked for.
        in_shape: (height, width, channel).
        is_flat: rows that nobody called pictures; they get dense layers and no augmentation.
        n_samples: pictures an epoch.
        n_classes: outputs of the network.
        seed: decides all that is random.

    Raises:
        SettingError: the wishes do not fit each other or the data.
        ShapeError: the layers do not fit the pictures.
    """
    layers = wishes.layers
    if layers is None:
        layers = _HIDDEN if is_flat else _RECIPE
    if is_flat and (isinstance(layers, str) or wishes.augmentation):
        raise SettingError(
            "recipes and augmentation are for pictures, and X has flat rows: say what they show "
            "with image_shape=(height, width), or give a list of layers"
        )
    if isinstance(layers, str):
        recipe = find_recipe(layers)
        recipe = replace(recipe, batch_size=wishes.batch_size or recipe.batch_size)
        plan = recipe.plan(
            n_samples=n_samples, n_classes=n_classes, seed=seed, epochs=wishes.max_iter
        )
    else:
        network = _network(layers, in_shape, is_flat, n_classes)
        plan = _plan_of(network, in_shape, n_samples, seed)
    optimizer, schedule = wishes.optimizer, wishes.learning_rate
    plan = _with(
        plan,
        optimizer=OPTIMIZERS[optimizer] if isinstance(optimizer, str) else optimizer,
        epochs=wishes.max_iter,
        batch_size=wishes.batch_size,
        augmentation=None if wishes.augmentation is None else tuple(wishes.augmentation),
        l1=wishes.l1,
        l2=wishes.l2,
    )
    if schedule is not None and not isinstance(schedule, str):
        return replace(plan, schedule=schedule)
    return replace(plan, schedule=_schedule(plan, n_samples, schedule, wishes.learning_rate_init))


def _network(layers: Sequence[Layer], in_shape: Shape, is_flat: bool, n_classes: int) -> Chain:
    """Put the layers between the pictures and the answer, made flat where Dense needs rows."""
    for layer in layers:
        if isinstance(layer, type) or not isinstance(layer, Layer):
            raise SettingError(f"layers holds {layer!r}, which is not a layer")
    parts = list(layers)
    if is_flat or not parts or isinstance(parts[0], Dense):
        parts.insert(0, Flatten())
    try:
        _, out_shape = shapes_of(Chain(*parts), in_shape)
    except ShapeError as error:
        if not is_flat:
            raise
        raise ShapeError(
            f"{error}; if the rows of X are pictures, say so with image_shape=(height, width)"
        ) from error
    if len(out_shape) != 1:
        parts.append(Flatten())
    return Chain(*parts, Dense(n_classes))


def _plan_of(network: Chain, in_shape: Shape, n_samples: int, seed: int) -> Plan:
    return Plan(
        network=network,
        optimizer=Adam(),
        schedule=Constant(_LR),
        epochs=_EPOCHS,
        batch_size=min(_BATCH_SIZE, n_samples),
        shard_size=_shard_size(network, in_shape),
        seed=seed,
    )


def _shard_size(network: Chain, in_shape: Shape) -> int:
    """Return how many pictures make a shard that is worth a thread: the network alone decides."""
    if not isinstance(network.layers[0], Flatten):
        return _MAPS_A_SHARD
    return max(_ROWS_A_SHARD, _MACS_A_SHARD // count_macs(network, in_shape))


def _with(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, **{name: value for name, value in changes.items() if value is not None})


def _schedule(plan: Plan, n_samples: int, kind: str | None, lr: float | None) -> Schedule:
    """Return the schedule called `kind` over the plan's steps, or the plan's own."""
    own: Any = plan.schedule
    if kind is None:
        schedule: Schedule = own if lr is None else replace(own, lr=lr)
        return schedule
    total_steps = plan.epochs * math.ceil(n_samples / plan.batch_size)
    lr = own.lr if lr is None else lr
    schedules: Mapping[str, Schedule] = {
        "constant": Constant(lr),
        "cosine": Cosine(lr, total_steps),
        "one_cycle": OneCycle(lr, total_steps),
    }
    return schedules[kind]
