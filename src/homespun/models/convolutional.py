"""How the convolutional recipes are put together: blocks of convolution, pool, norm and ReLU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from homespun.nn import BatchNorm, Conv2D, Layer, MaxPool2D, ReLU

Channels: TypeAlias = Sequence[int | Literal["pool"]]
"""Channels of one convolution after another, with pools between."""


def convolutions(channels: Channels) -> list[Layer]:
    """Return 3x3 convolutions with these channels, each with batch norm and ReLU after it.

    A pool comes right after its convolution: the largest of four numbers stays the largest under
    ReLU, and what comes after the pool has a quarter of the numbers to do.
    """
    layers: list[Layer] = []
    for i, here in enumerate(channels):
        if here == "pool":
            continue
        layers.append(Conv2D(here, bias=False))  # the norm has a bias of its own
        if list(channels[i + 1 : i + 2]) == ["pool"]:
            layers.append(MaxPool2D())
        layers += [BatchNorm(), ReLU()]
    return layers
