"""A training step in PyTorch that does what a plan of homespun says, as fast as PyTorch can.

It gets ready-scaled float32 tensors and the fused optimizer. The weight decay of its SGD is part of
the gradient and so goes through the momentum, ours is not; the work is the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import numpy as np
import torch

from homespun.nn import Parameters, SoftmaxCrossEntropy
from homespun.optim import Nesterov
from homespun.training import Plan
from homespun.types import FloatArray, IntArray, Shape
from twins import channels_first, torch_twin

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def made_parameters(plan: Plan, in_shape: Shape) -> Parameters:
    """Return the weights that both sides start from."""
    return Parameters(plan.network.init(np.random.default_rng(plan.seed), in_shape)[0])


def torch_optimizer(plan: Plan, network: torch.nn.Module) -> torch.optim.Optimizer:
    """Return the plan's optimizer, with weight decay where ours acts: not on biases and norms."""
    assert isinstance(plan.optimizer, Nesterov), f"no twin of {plan.optimizer} here"
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return torch.optim.SGD(
        [{"params": weights}, {"params": others, "weight_decay": 0.0}],
        lr=plan.schedule.lr_at(1),
        momentum=plan.optimizer.momentum,
        nesterov=True,
        weight_decay=plan.optimizer.weight_decay,
        fused=True,
    )


def torch_step(
    plan: Plan, x: FloatArray, y: IntArray, threads: int, layout: str, compiled: bool = False
) -> Callable[[], None]:
    """Return a function that makes one step on scaled pictures x and labels y (batch,)."""
    torch.set_num_threads(threads)
    memory = LAYOUTS[layout]
    network = torch_twin(plan.network, made_parameters(plan, x.shape[1:]).views, x.shape[1:])
    network = network.to(memory_format=memory).train()
    optimizer = torch_optimizer(plan, network)
    assert isinstance(plan.loss, SoftmaxCrossEntropy), f"no twin of {plan.loss} here"
    loss = torch.nn.CrossEntropyLoss(label_smoothing=plan.loss.label_smoothing)
    forward = torch.compile(network) if compiled else network
    inputs = channels_first(x).contiguous(memory_format=memory)
    labels = torch.from_numpy(y.astype(np.int64))

    def step() -> None:
        optimizer.zero_grad()
        loss(forward(inputs), labels).backward()
        optimizer.step()

    return step


def compiler() -> str | None:
    """Return the C++ compiler that torch.compile would use, or None."""
    names = [os.environ.get("CXX", ""), "g++", "clang++"]
    return next((name for name in names if name and shutil.which(name)), None)
