"""Convolutional networks: a whole training step in homespun and in PyTorch at its best.

Forward, loss, backward and Nesterov update on a batch of Fashion-MNIST, some steps a turn. PyTorch
gets ready-scaled float32 tensors and its fused optimizer, one thread and all, contiguous and
channels_last memory; homespun starts from bytes, as it always does.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from itertools import product

import numpy as np
import torch

from harness import Comparison, Side, Work, take_turns
from homespun.data import Scaling, load_fashion_mnist
from homespun.nn import Chain, Conv2D, Dense, GlobalMaxPool, Layer, MaxPool2D, Parameters, ReLU
from homespun.optim import Constant, Nesterov
from homespun.training import Plan, Step, Weights, Workers

OURS = "homespun"
STEPS_A_TURN = 5
POOL = 0
"""Stands for a pool in a list of channels."""

SMALL = (32, POOL, 64, POOL, 128, POOL)
LARGE = (32, POOL, 64, 64, POOL, 128, 128)


def homespun_network(channels: Sequence[int]) -> Chain:
    """Return convolutions of 3x3 with these channels, a ReLU after each, behind the pool if any."""
    layers: list[Layer] = []
    for here, following in zip(channels, [*channels[1:], None], strict=True):
        if here == POOL:
            layers += [MaxPool2D(), ReLU()]
        else:
            layers += [Conv2D(here)] + ([] if following == POOL else [ReLU()])
    return Chain(*layers, GlobalMaxPool(), Dense(10))


def torch_network(channels: Sequence[int]) -> torch.nn.Module:
    """Return the same network in PyTorch."""
    layers: list[torch.nn.Module] = []
    n_in = 1
    for here, following in zip(channels, [*channels[1:], None], strict=True):
        if here == POOL:
            layers += [torch.nn.MaxPool2d(2), torch.nn.ReLU()]
        else:
            layers += [torch.nn.Conv2d(n_in, here, 3, padding=1)]
            layers += [] if following == POOL else [torch.nn.ReLU()]
            n_in = here
    tail = [torch.nn.AdaptiveMaxPool2d(1), torch.nn.Flatten(), torch.nn.Linear(n_in, 10)]
    return torch.nn.Sequential(*layers, *tail)


def homespun_side(channels: Sequence[int], batch: int, shard: int) -> Work:
    """Return some steps with homespun."""
    data, _ = load_fashion_mnist()
    network = homespun_network(channels)
    plan = Plan(network, Nesterov(), Constant(0.01), 1, batch_size=batch, shard_size=shard)
    params, _ = network.init(np.random.default_rng(0), data.images.shape[1:])
    parameters = Parameters(params)
    weights = Weights(parameters, plan.optimizer.init(parameters.vector), parameters.vector)
    alike, indices = np.ones(len(data), np.float32), np.arange(batch)
    workers = Workers().__enter__()  # until the process ends
    step = Step(plan, weights, Scaling.fit(data.images), workers)

    def turn() -> None:
        for _ in range(STEPS_A_TURN):
            step(data, indices, alike, 1, 0)

    return Work(turn)


def torch_side(
    channels: Sequence[int], batch: int, threads: int, layout: str, compiled: bool = False
) -> Work:
    """Return some steps with PyTorch."""
    torch.set_num_threads(threads)
    memory = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    data, _ = load_fashion_mnist()
    X = Scaling.fit(data.images)(data.images[:batch])
    x = torch.from_numpy(X.transpose(0, 3, 1, 2).copy()).contiguous(memory_format=memory)
    y = torch.from_numpy(data.labels[:batch].astype(np.int64))
    network = torch_network(channels).to(memory_format=memory)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.01, momentum=0.9, nesterov=True, fused=True
    )
    loss = torch.nn.CrossEntropyLoss()
    forward = torch.compile(network) if compiled else network

    def turn() -> None:
        for _ in range(STEPS_A_TURN):
            optimizer.zero_grad()
            loss(forward(x), y).backward()
            optimizer.step()

    return Work(turn)


def compare(
    name: str, channels: Sequence[int], batch: int, rounds: int, shard: int = 16
) -> Comparison:
    """Take turns of some steps each."""
    sides: dict[str, Side] = {OURS: partial(homespun_side, channels, batch, shard)}
    for threads, layout in product(
        sorted({1, os.cpu_count() or 1}), ("contiguous", "channels_last")
    ):
        label = f"PyTorch, {layout}, threads: {threads}"
        sides[label] = partial(torch_side, channels, batch, threads, layout)
    seconds, _ = take_turns(sides, rounds)
    return Comparison(
        title=f"{name}, batch {batch}: seconds for {STEPS_A_TURN} training steps",
        seconds=seconds,
        ours=OURS,
    )
