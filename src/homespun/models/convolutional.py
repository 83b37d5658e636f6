"""How the convolutional recipes are put together: blocks of convolution, pool, norm and ReLU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from homespun.nn import BatchNorm, Conv2D, Layer, MaxPool2D, PooledConv2D, ReLU

Channels: TypeAlias = Sequence[int | Literal["pool"]]
"""Channels of one convolution after another, with pools between."""


def convolutions(channels: Channels) -> list[Layer]:
    """Return 3x3 convolutions with these channels, each with batch norm and ReLU after it.

    A pool comes right after its convolution: the largest of four numbers stays the largest under
    ReLU, and what comes after the pool has a quarter of the numbers to do. Where the first
    convolution is pooled, both are one layer, which is faster on few channels.
    """
    layers: list[Layer] = []
    for i, here in enumerate(channels):
        if here == "pool":
            continue
        is_pooled = list(channels[i + 1 : i + 2]) == ["pool"]
        if i == 0 and is_pooled:
            layers.append(PooledConv2D(here, bias=False))  # the norm has a bias of its own
        else:
            layers += [Conv2D(here, bias=False), *([MaxPool2D()] if is_pooled else [])]
        layers += [BatchNorm(), ReLU()]
    return layers
