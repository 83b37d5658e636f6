"""Convolutional networks: a whole training step in homespun and in PyTorch at its best.

Forward, loss, backward and Nesterov update on a batch of Fashion-MNIST. PyTorch gets ready-scaled
float32 tensors, its fused optimizer, one thread and all, contiguous and channels_last memory;
homespun starts from bytes, as it always does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import torch

from harness import Comparison, take_turns
from homespun.data import Dataset, Scaling, load_fashion_mnist
from homespun.nn import Chain, Conv2D, Dense, GlobalMaxPool, Layer, MaxPool2D, Parameters, ReLU
from homespun.optim import Constant, Nesterov
from homespun.training import Plan, Step, Weights, Workers

OURS = "homespun"
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


class HomespunStep:
    """A training step on one batch, again and again."""

    def __init__(self, data: Dataset, channels: Sequence[int], batch: int, shard: int) -> None:
        self.data, self.indices = data, np.arange(batch)
        network = homespun_network(channels)
        plan = Plan(network, Nesterov(), Constant(0.01), 1, batch_size=batch, shard_size=shard)
        params, _ = network.init(np.random.default_rng(0), data.images.shape[1:])
        parameters = Parameters(params)
        weights = Weights(parameters, plan.optimizer.init(parameters.vector), parameters.vector)
        self.alike = np.ones(len(data), np.float32)
        self.workers = Workers()
        self.step = Step(plan, weights, Scaling.fit(data.images), self.workers)

    def __call__(self) -> None:
        """Take a step."""
        with self.workers:
            self.step(self.data, self.indices, self.alike, 1, 0)


def torch_step(
    data: Dataset,
    channels: Sequence[int],
    batch: int,
    threads: int,
    layout: torch.memory_format,
    compiled: bool = False,
) -> Callable[[], object]:
    """Return a function that takes a step with PyTorch."""
    X = Scaling.fit(data.images)(data.images[:batch])
    x = torch.from_numpy(X.transpose(0, 3, 1, 2).copy()).contiguous(memory_format=layout)
    y = torch.from_numpy(data.labels[:batch].astype(np.int64))
    network = torch_network(channels).to(memory_format=layout)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.01, momentum=0.9, nesterov=True, fused=True
    )
    loss = torch.nn.CrossEntropyLoss()
    forward = torch.compile(network) if compiled else network

    def step() -> None:
        torch.set_num_threads(threads)
        optimizer.zero_grad()
        loss(forward(x), y).backward()
        optimizer.step()

    return step


def compare(
    name: str, channels: Sequence[int], batch: int, rounds: int, shard: int = 16
) -> Comparison:
    """Take turns, a step each."""
    data, _ = load_fashion_mnist()
    sides: dict[str, Callable[[], object]] = {OURS: HomespunStep(data, channels, batch, shard)}
    layouts = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
    for threads, (layout_name, layout) in product(
        sorted({1, os.cpu_count() or 1}), layouts.items()
    ):
        label = f"PyTorch, {layout_name}, threads: {threads}"
        sides[label] = torch_step(data, channels, batch, threads, layout)
    return Comparison(
        title=f"{name}, batch {batch}: seconds for a training step",
        seconds=take_turns(sides, rounds),
        ours=OURS,
    )


if __name__ == "__main__":
    import sys

    for b in (128,):
        print(compare("small", SMALL, b, int(sys.argv[1])).to_markdown())
        print(compare("large", LARGE, b, int(sys.argv[1])).to_markdown())
