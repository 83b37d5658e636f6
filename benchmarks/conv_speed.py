"""Convolutional networks: a whole training step in homespun and in PyTorch at its best.

Forward, loss with label smoothing, backward and Nesterov update with weight decay, on a batch of
Fashion-MNIST. PyTorch is run with one thread and with all, in contiguous and in channels_last
memory, and compiled; homespun starts from bytes, as it always does. Batch norm takes its statistics
from the batch in PyTorch and from a shard in homespun. A recipe is compared without its
augmentation and its average of weights, which PyTorch has no fused counterpart of.

What the machine could do is measured in the same run: a large product in float32, on all threads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from statistics import median

import numpy as np
import torch

from harness import Comparison, Remark, Side, Work, fastest, take_turns
from homespun.data import Scaling, load_fashion_mnist
from homespun.models import RECIPES
from homespun.nn import (
    Chain,
    Conv2D,
    Dense,
    GlobalMaxPool,
    Layer,
    MaxPool2D,
    Parameters,
    PooledConv2D,
    ReLU,
    SoftmaxCrossEntropy,
)
from homespun.optim import Constant, Nesterov
from homespun.training import Plan, Step, Weights, Workers
from homespun.types import Shape
from torch_training import LAYOUTS, compiler, made_parameters, torch_step
from twins import multiply_adds, torch_twin

OURS = "homespun"
COMPILED = "PyTorch, torch.compile"
CEILINGS = ("product, NumPy", "product, PyTorch")
STEPS_A_TURN = 5
SHARD = 32
IN_SHAPE: Shape = (28, 28, 1)
POOL = 0
"""Stands for a pool in a list of channels."""

SMALL = (32, POOL, 64, POOL, 128, POOL)
LARGE = (32, POOL, 64, 64, POOL, 128, 128)

What = Sequence[int] | str
"""Channels of a network, or the name of a recipe."""


def homespun_network(channels: Sequence[int]) -> Chain:
    """Return convolutions of 3x3 with these channels, a ReLU after each, behind the pool if any."""
    layers: list[Layer] = []
    for here, following in zip(channels, [*channels[1:], None], strict=True):
        if here == POOL:
            layers += [ReLU()] if isinstance(layers[-1], PooledConv2D) else [MaxPool2D(), ReLU()]
        elif not layers and following == POOL:
            layers += [PooledConv2D(here)]
        else:
            layers += [Conv2D(here)] + ([] if following == POOL else [ReLU()])
    return Chain(*layers, GlobalMaxPool(), Dense(10))


def torch_network(channels: Sequence[int]) -> torch.nn.Module:
    """Return the same network in PyTorch."""
    network = homespun_network(channels)
    params, _ = network.init(np.random.default_rng(0), IN_SHAPE)
    return torch_twin(network, Parameters(params).views, IN_SHAPE)


def plan_for(what: What, batch: int) -> Plan:
    """Return what both sides train."""
    if isinstance(what, str):
        plan = RECIPES[what].plan(n_samples=60_000, n_classes=10)
        return replace(plan, batch_size=batch, augmentation=(), average=None)
    return Plan(
        homespun_network(what),
        Nesterov(weight_decay=5e-4),
        Constant(0.01),
        epochs=1,
        loss=SoftmaxCrossEntropy(label_smoothing=0.1),
        batch_size=batch,
        shard_size=SHARD,
    )


def homespun_side(what: What, batch: int) -> Work:
    """Return a step with homespun."""
    data, _ = load_fashion_mnist()
    plan = plan_for(what, batch)
    parameters = made_parameters(plan, IN_SHAPE)
    weights = Weights(parameters, plan.optimizer.init(parameters.vector), parameters.vector)
    alike, indices = np.ones(len(data), np.float32), np.arange(batch)
    workers = Workers().__enter__()  # until the process ends
    step = Step(plan, weights, Scaling.fit(data.images), workers)
    return Work(lambda: step(data, indices, alike, 1, 0), repeats=STEPS_A_TURN)


def torch_side(
    what: What, batch: int, threads: int, layout: str = "channels_last", compiled: bool = False
) -> Work:
    """Return a step with PyTorch."""
    data, _ = load_fashion_mnist()
    x, y = Scaling.fit(data.images)(data.images[:batch]), data.labels[:batch]
    step = torch_step(plan_for(what, batch), x, y, threads, layout, compiled)
    return Work(step, repeats=STEPS_A_TURN)


def product_side(library: str, size: int) -> Work:
    """Return a product of two matrices of `size` x `size` in float32, on all threads."""
    a, b = np.random.default_rng(0).standard_normal((2, size, size), np.float32)
    if library == CEILINGS[0]:
        return Work(lambda: np.matmul(a, b), repeats=STEPS_A_TURN)
    torch.set_num_threads(os.cpu_count() or 1)
    tensors = torch.from_numpy(a), torch.from_numpy(b)
    return Work(lambda: torch.matmul(*tensors), repeats=STEPS_A_TURN)


def compare(
    name: str, what: What, batch: int, rounds: int, size: int = 3072
) -> Comparison | Remark:
    """Take turns of STEPS_A_TURN steps each; `size` is that of the large product."""
    title = f"{name}, batch {batch}: milliseconds for a training step"
    if isinstance(what, str) and what not in RECIPES:
        return Remark(title, f"Left out: there is no recipe {what!r}.")
    n_threads = os.cpu_count() or 1
    sides: dict[str, Side] = {OURS: partial(homespun_side, what, batch)}
    for threads, layout in product(sorted({1, n_threads}), LAYOUTS):
        label = f"PyTorch, {layout}, threads: {threads}"
        sides[label] = partial(torch_side, what, batch, threads, layout)
    if compiler():
        sides[COMPILED] = partial(torch_side, what, batch, n_threads, compiled=True)
    sides |= {ceiling: partial(product_side, ceiling, size) for ceiling in CEILINGS}
    seconds, _ = take_turns(sides, rounds)
    products = {ceiling: seconds.pop(ceiling) for ceiling in CEILINGS}
    return Comparison(
        title, seconds, OURS, _notes(plan_for(what, batch), seconds, products, size), "ms"
    )


def _notes(
    plan: Plan,
    seconds: Mapping[str, Sequence[float]],
    products: Mapping[str, Sequence[float]],
    size: int,
) -> list[str]:
    """Say who is PyTorch's best, and what share of the machine's ceiling each of the two uses."""
    best = fastest(seconds, (name for name in seconds if name != OURS))
    ceiling = max(2 * size**3 / median(times) for times in products.values())
    macs = multiply_adds(
        torch_twin(plan.network, made_parameters(plan, IN_SHAPE).views, IN_SHAPE), IN_SHAPE
    )
    # Forward, weights' gradients, inputs' gradients; nobody needs that of the network's own input.
    work = 2 * plan.batch_size * (3 * sum(macs) - macs[0])
    shares = ", ".join(
        f"{name} {work / median(seconds[name]) / ceiling:.0%}" for name in (OURS, best)
    )
    notes = [
        f"A picture takes {sum(macs) / 1e6:.1f} M multiply-adds forward. A product of {size} x "
        f"{size} in float32 runs at {ceiling / 1e9:.0f} GFLOP/s; the steps reach {shares} of that.",
    ]
    if COMPILED not in seconds:
        notes.append("torch.compile is left out: this machine has no C++ compiler (g++, clang++).")
    return notes
