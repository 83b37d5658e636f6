"""A small made run for proofs: pictures that can be learnt, and a network with something of all."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import numpy as np

from homespun.augment import Shift
from homespun.data import Dataset
from homespun.models import RECIPES, Recipe
from homespun.nn import BatchNorm, Chain, Dense, Dropout, Flatten, ReLU
from homespun.optim import AdamW, ExponentialMovingAverage, OneCycle
from homespun.runs import Settings
from homespun.training import Plan

SETTINGS = Settings(recipe="proof", seed=3, epochs=6, validation=50)
_FORK = multiprocessing.get_context("fork")


def pictures(n: int, seed: int) -> Dataset:
    """Return noisy 8 x 8 pictures with a bright band where their class says."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    images = rng.integers(0, 160, (n, 8, 8, 1), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 1 : 2 * label + 3] += 60
    return Dataset(images, labels, ("top", "middle", "bottom"))


def add_recipe() -> None:
    """Make the recipe of SETTINGS known in this process and those forked from it."""
    RECIPES["proof"] = Recipe("proof", "for proofs", epochs=6, batch_size=32, build=_plan)


def forked(function: Callable[..., None], *arguments: object) -> BaseProcess:
    """Return a new process that calls the function; it needs no time to import anything."""
    process = _FORK.Process(target=function, args=arguments)
    process.start()
    return process


def _plan(*, n_classes: int, epochs: int, total_steps: int, batch_size: int, seed: int) -> Plan:
    return Plan(
        network=Chain(Flatten(), Dense(32), BatchNorm(), ReLU(), Dropout(0.2), Dense(n_classes)),
        optimizer=AdamW(weight_decay=0.05),
        schedule=OneCycle(lr=3e-3, total_steps=total_steps),
        average=ExponentialMovingAverage(0.99),
        augmentation=(Shift(1),),
        epochs=epochs,
        batch_size=batch_size,
        shard_size=16,
        seed=seed,
    )
