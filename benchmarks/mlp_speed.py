"""Dense networks: an epoch in homespun, in PyTorch at its best, and in scikit-learn.

All take the same pictures, batch size and optimizer (Adam, learning rate 0.001) in float32. PyTorch
gets ready-scaled float32 tensors and its fused Adam, and is run with one thread and with all.
scikit-learn gets ready-scaled float32 rows. homespun starts from bytes, as it always does.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from harness import Comparison, Side, Work, take_turns
from homespun.data import Scaling, load_fashion_mnist
from homespun.nn import Chain, Dense, Flatten, Layer, Parameters, ReLU
from homespun.optim import Adam, Constant
from homespun.training import Plan, Step, Weights, Workers
from homespun.types import FloatArray, IntArray

OURS = "homespun"


def homespun_side(hidden: Sequence[int], batch: int) -> Work:
    """Return an epoch more with homespun."""
    data, _ = load_fashion_mnist()
    layers: list[Layer] = [Flatten()]
    for width in hidden:
        layers += [Dense(width), ReLU()]
    network = Chain(*layers, Dense(data.n_classes))
    plan = Plan(network, Adam(), Constant(0.001), 1, batch_size=batch, shard_size=128)
    params, _ = network.init(np.random.default_rng(0), data.images.shape[1:])
    parameters = Parameters(params)
    weights = Weights(parameters, plan.optimizer.init(parameters.vector), parameters.vector)
    scaling, alike = Scaling.fit(data.images), np.ones(len(data), np.float32)

    def turn() -> None:
        order = np.random.default_rng(weights.step).permutation(len(data))
        with Workers() as workers:
            step = Step(plan, weights, scaling, workers)
            for i, start in enumerate(range(0, len(data), batch)):
                step(data, order[start : start + batch], alike, 1, i)

    return Work(turn)


def scaled_rows() -> tuple[FloatArray, IntArray]:
    """Return the pictures as ready-scaled rows in float32, and their labels."""
    data, _ = load_fashion_mnist()
    return Scaling.fit(data.images)(data.images).reshape(len(data), -1), data.labels


def torch_side(hidden: Sequence[int], batch: int, threads: int) -> Work:
    """Return an epoch more with PyTorch."""
    torch.set_num_threads(threads)
    rows, labels = scaled_rows()
    X, y = torch.from_numpy(rows), torch.from_numpy(labels.astype(np.int64))
    sizes = [X.shape[1], *hidden]
    layers: list[torch.nn.Module] = []
    for n_in, n_out in zip(sizes, hidden, strict=False):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)
    loss = torch.nn.CrossEntropyLoss()

    def turn() -> None:
        order = torch.randperm(len(X))
        for start in range(0, len(X), batch):
            chosen = order[start : start + batch]
            optimizer.zero_grad()
            loss(network(X[chosen]), y[chosen]).backward()
            optimizer.step()

    return Work(turn)


def sklearn_side(hidden: Sequence[int], batch: int) -> Work:
    """Return an epoch more with scikit-learn."""
    X, y = scaled_rows()
    classifier = MLPClassifier(
        hidden, batch_size=batch, max_iter=1, warm_start=True, alpha=0.0, random_state=0
    )

    def turn() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            classifier.fit(X, y)

    return Work(turn)


def compare(hidden: Sequence[int], batch: int, rounds: int) -> Comparison:
    """Take turns, an epoch each."""
    sides: dict[str, Side] = {OURS: partial(homespun_side, hidden, batch)}
    for threads in sorted({1, os.cpu_count() or 1}):
        name = f"PyTorch, fused Adam, threads: {threads}"
        sides[name] = partial(torch_side, hidden, batch, threads)
    sides["scikit-learn MLPClassifier, float32"] = partial(sklearn_side, hidden, batch)
    seconds, _ = take_turns(sides, rounds)
    widths = "-".join(map(str, (784, *hidden, 10)))
    return Comparison(
        title=f"Dense {widths}, batch {batch}, Adam: seconds for an epoch of 60,000",
        seconds=seconds,
        ours=OURS,
    )
