"""Layers, losses and updates give what PyTorch's give: float32, forward and all gradients.

`make equality` prints the largest difference of each, and fails where one is over 1e-5 of the
largest number in the array that is compared. Two things are defined otherwise in PyTorch, and
accounted for: its running variance is divided by n - 1, ours by n; the weight decay of its SGD goes
through the momentum, ours does not, so there it is done by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from homespun import nn
from homespun.optim import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer
from homespun.types import Array, Shape
from twins import channels_first, channels_last, kernel_first, torch_twin

TOLERANCE = 1e-5
BATCH = 8
STEPS = 20
TorchOptimizer = Callable[[list[torch.Tensor]], torch.optim.Optimizer]

SQUARE: Shape = (12, 12, 6)
ODD: Shape = (13, 11, 5)

POOLS = [pool(size) for pool in (nn.MaxPool2D, nn.AvgPool2D) for size in (2, 3)]

LAYERS: list[tuple[nn.Layer, Shape]] = [
    *((nn.Conv2D(7, (k, k), (1, 1), (p, p)), ODD) for k in (1, 3, 5) for p in (0, 1, 2)),
    *((nn.Conv2D(7, (k, k), (2, 2), (p, p)), ODD) for k in (1, 3, 5) for p in {0, k // 2}),
    (nn.Conv2D(7, (3, 5), (2, 1), (1, 2), bias=False), ODD),
    (nn.Conv2D(8), (28, 28, 1)),
    (nn.Conv2D(64), (14, 14, 32)),  # large enough for the way with fewer products
    (nn.Conv2D(128), (7, 7, 64)),
    (nn.PooledConv2D(7), (28, 28, 1)),
    (nn.PooledConv2D(7, (5, 5), (2, 2)), ODD),
    *((pool, SQUARE) for pool in POOLS),
    *((pool, ODD) for pool in POOLS),
    (nn.GlobalMaxPool(), ODD),
    (nn.GlobalAvgPool(), ODD),
    (nn.BatchNorm(), ODD),
    (nn.BatchNorm(0.7, 1e-3), (20,)),
    (nn.Dense(10), (30,)),
    (nn.Dense(10, bias=False), (30,)),
    (nn.Flatten(), ODD),
    *((activation, ODD) for activation in (nn.ReLU(), nn.Sigmoid(), nn.Tanh(), nn.GELU())),
    (nn.Residual(nn.Chain(nn.Conv2D(5, bias=False), nn.BatchNorm(), nn.ReLU())), ODD),
]

LOSSES: list[tuple[nn.Loss, torch.nn.Module]] = [
    (nn.SoftmaxCrossEntropy(), torch.nn.CrossEntropyLoss(reduction="none")),
    (
        nn.SoftmaxCrossEntropy(label_smoothing=0.1),
        torch.nn.CrossEntropyLoss(reduction="none", label_smoothing=0.1),
    ),
    (nn.BinaryCrossEntropy(), torch.nn.BCEWithLogitsLoss(reduction="none")),
    (nn.SquaredError(), torch.nn.MSELoss(reduction="none")),
]

OPTIMIZERS: list[tuple[Optimizer, TorchOptimizer]] = [
    (SGD(), lambda w: torch.optim.SGD(w, lr=0.05)),
    (Momentum(), lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9)),
    (Nesterov(), lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, nesterov=True)),
    (
        Nesterov(weight_decay=0.1),
        lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, nesterov=True),
    ),
    (Adam(), lambda w: torch.optim.Adam(w, lr=0.05)),
    (AdamW(weight_decay=0.1), lambda w: torch.optim.AdamW(w, lr=0.05, weight_decay=0.1)),
]


def difference(ours: Array, theirs: Array) -> float:
    """Return the largest difference, as a share of the largest number in `theirs`."""
    assert ours.shape == theirs.shape, f"shapes {ours.shape} and {theirs.shape}"
    return float(np.abs(ours - theirs).max() / max(float(np.abs(theirs).max()), 1e-30))


def layer_differences(layer: nn.Layer, shape: Shape, ties: bool, train: bool) -> list[float]:
    """Return the differences of output, input gradient, and what is learnt or gathered.

    With `ties` the inputs are whole numbers from 0 to 3, so that a pool meets equals.
    """
    rng = np.random.default_rng(0)
    parameters = nn.Parameters(layer.init(rng, shape)[0])
    parameters.vector += 0.1 * rng.standard_normal(parameters.vector.shape, np.float32)
    parameters.running += rng.uniform(0, 0.5, parameters.running.shape)
    x = rng.standard_normal((BATCH, *shape), np.float32)
    if ties:
        x = rng.integers(0, 4, x.shape).astype(np.float32)
    twin = torch_twin(layer, parameters.views, shape).train(train)
    inputs = channels_first(x).requires_grad_()
    outputs = twin(inputs)
    y, backward = layer.forward(parameters.views, x, train=train, rng=rng)
    dy = rng.standard_normal(y.shape, np.float32)
    gradients = parameters.zeros_like()
    dx = backward(dy, gradients.views)
    outputs.backward(channels_first(dy))
    pairs = [(y, channels_last(outputs)), (dx, channels_last(inputs.grad))]
    own = gradients.named().items()
    for (name, array), (theirs, share) in zip(own, _learnt_and_gathered(twin), strict=True):
        if "running_" not in name:
            array = kernel_first(array) if name.endswith("W") else array
        elif train:
            before, n = parameters.named()[name], x.size // x.shape[-1]
            if name.endswith("running_var"):  # n / (n - 1) of the new share, in PyTorch
                array = array + (array + share * before) / (n - 1)
            array = before + array
        else:
            continue
        pairs.append((array, theirs))
    return [difference(*pair) for pair in pairs]


def _learnt_and_gathered(twin: torch.nn.Module) -> Iterator[tuple[Array, float]]:
    """Yield gradients and running statistics with the share of the new in them, in our order."""
    for module in twin.modules():
        for parameter in module.parameters(recurse=False):
            assert parameter.grad is not None
            yield parameter.grad.numpy(), 1.0
        for name, gathered in module.named_buffers(recurse=False):
            if name != "num_batches_tracked":
                yield gathered.numpy(), float(module.momentum)


def loss_differences(loss: nn.Loss, theirs: torch.nn.Module) -> list[float]:
    """Return the differences of the weighted sum and of its gradient."""
    rng = np.random.default_rng(1)
    logits = 3 * rng.standard_normal((BATCH, 10), np.float32)
    weights = rng.uniform(0.5, 2, BATCH).astype(np.float32)
    targets: Array = rng.uniform(0, 1, logits.shape).astype(np.float32)
    if isinstance(loss, nn.SoftmaxCrossEntropy):
        targets = rng.integers(0, 10, BATCH)
    total, dlogits = loss(logits, targets, weights)
    inputs = torch.from_numpy(logits).requires_grad_()
    each = theirs(inputs, torch.from_numpy(targets)).reshape(BATCH, -1).sum(dim=1)
    if isinstance(loss, nn.SquaredError):
        each = each / 2
    expected = each @ torch.from_numpy(weights)
    expected.backward()
    assert inputs.grad is not None
    both = np.array([total]), expected.detach().numpy().reshape(1)
    return [difference(*both), difference(dlogits, inputs.grad.numpy())]


def optimizer_difference(optimizer: Optimizer, make: TorchOptimizer) -> float:
    """Return the difference of the weights after STEPS updates with the same gradients."""
    rng = np.random.default_rng(2)
    w = rng.standard_normal(200).astype(np.float32)
    tensor = torch.from_numpy(w.copy()).requires_grad_()
    state, theirs, lr = optimizer.init(w), make([tensor]), 0.05
    by_hand = optimizer.weight_decay if isinstance(optimizer, Nesterov) else 0.0
    for step in range(1, STEPS + 1):
        g = rng.standard_normal(w.shape).astype(np.float32)
        tensor.grad = torch.from_numpy(g.copy())
        with torch.no_grad():
            tensor.mul_(1 - lr * by_hand)
        theirs.step()
        optimizer.update(w, g, state, lr=lr, step=step, decayed=np.ones_like(w))
    return difference(w, tensor.detach().numpy())


def all_differences() -> dict[str, float]:
    """Return the largest difference of each layer, loss and optimizer."""
    found = {}
    for layer, shape in LAYERS:
        described = re.sub(r", initializer=<.*?>", "", str(layer))
        name = f"{described} on {' x '.join(map(str, shape))}"
        found[name] = max(
            difference
            for ties in (False, True)
            for train in (False, True)
            for difference in layer_differences(layer, shape, ties, train)
        )
    for loss, module in LOSSES:
        found[str(loss)] = max(loss_differences(loss, module))
    for optimizer, make in OPTIMIZERS:
        found[f"{optimizer}, {STEPS} updates"] = optimizer_difference(optimizer, make)
    return found


@dataclass(frozen=True)
class Equality:
    """What was found, as a part of the results."""

    differences: dict[str, float]

    @property
    def over(self) -> list[str]:
        """What differs by more than the tolerance, or by a number that is none."""
        return [name for name, size in self.differences.items() if not size <= TOLERANCE]

    def to_markdown(self) -> str:
        """Return the table."""
        lines = [
            "## Equality with PyTorch's layers, losses and updates, float32",
            "",
            f"Largest differences, as a share of the largest number; at most {TOLERANCE:.0e} is",
            f"allowed. Over it: {', '.join(self.over) or 'none'}.",
            "",
            "| | largest difference |",
            "|---|---|",
        ]
        rows = [f"| `{name}` | {size:.1e} |" for name, size in self.differences.items()]
        return "\n".join([*lines, *rows, ""])


def compare() -> Equality:
    """Return the largest differences."""
    torch.set_num_threads(1)
    return Equality(all_differences())


def main() -> int:
    """Print the differences; return 1 if one is over the tolerance."""
    found = compare()
    for name, size in found.differences.items():
        print(f"{size:.1e}  {name}")
    print(f"over {TOLERANCE:.0e}: {len(found.over)} of {len(found.differences)}")
    return 1 if found.over else 0


if __name__ == "__main__":
    sys.exit(main())
