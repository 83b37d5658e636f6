"""Dense networks: an epoch in homespun, in PyTorch at its best, and in scikit-learn.

All take the same pictures, batch size and optimizer (Adam, learning rate 0.001) in float32. PyTorch
gets ready-scaled float32 tensors and its fused Adam, and is run with one thread and with all.
scikit-learn gets ready-scaled float32 rows. homespun starts from bytes, as it always does.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from harness import Comparison, take_turns
from homespun.data import Dataset, Scaling, load_fashion_mnist
from homespun.nn import Chain, Dense, Flatten, Layer, Parameters, ReLU
from homespun.optim import Adam, Constant
from homespun.training import Plan, Step, Weights, Workers
from homespun.types import FloatArray

OURS = "homespun"


def homespun_epoch(data: Dataset, hidden: Sequence[int], batch: int) -> Callable[[], object]:
    """Return a function that trains for one epoch more."""
    layers: list[Layer] = [Flatten()]
    for width in hidden:
        layers += [Dense(width), ReLU()]
    plan = Plan(
        network=Chain(*layers, Dense(data.n_classes)),
        optimizer=Adam(),
        schedule=Constant(0.001),
        epochs=1,
        batch_size=batch,
        shard_size=128,
    )
    params, _ = plan.network.init(np.random.default_rng(0), data.images.shape[1:])
    parameters = Parameters(params)
    weights = Weights(parameters, plan.optimizer.init(parameters.vector), parameters.vector)
    scaling = Scaling.fit(data.images)
    alike = np.ones(len(data), np.float32)

    def epoch() -> None:
        order = np.random.default_rng(weights.step).permutation(len(data))
        with Workers() as workers:
            step = Step(plan, weights, scaling, workers)
            for i, start in enumerate(range(0, len(data), batch)):
                step(data, order[start : start + batch], alike, 1, i)

    return epoch


def torch_epoch(
    X: FloatArray, labels: np.ndarray, hidden: Sequence[int], batch: int, threads: int
) -> Callable[[], object]:
    """Return a function that trains for one epoch more with PyTorch."""
    X_torch, y_torch = torch.from_numpy(X), torch.from_numpy(labels.astype(np.int64))
    sizes = [X.shape[1], *hidden]
    layers: list[torch.nn.Module] = []
    for n_in, n_out in zip(sizes, hidden, strict=False):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)
    loss = torch.nn.CrossEntropyLoss()

    def epoch() -> None:
        torch.set_num_threads(threads)
        order = torch.randperm(len(X_torch))
        for start in range(0, len(X_torch), batch):
            chosen = order[start : start + batch]
            optimizer.zero_grad()
            loss(network(X_torch[chosen]), y_torch[chosen]).backward()
            optimizer.step()

    return epoch


def sklearn_epoch(
    X: FloatArray, labels: np.ndarray, hidden: Sequence[int], batch: int
) -> Callable[[], object]:
    """Return a function that trains for one epoch more with scikit-learn."""
    classifier = MLPClassifier(
        hidden, batch_size=batch, max_iter=1, warm_start=True, alpha=0.0, random_state=0
    )

    def epoch() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            classifier.fit(X, labels)

    return epoch


def compare(hidden: Sequence[int], batch: int, rounds: int) -> Comparison:
    """Take turns, an epoch each."""
    data, _ = load_fashion_mnist()
    X = Scaling.fit(data.images)(data.images).reshape(len(data), -1)
    sides = {OURS: homespun_epoch(data, hidden, batch)}
    for threads in sorted({1, os.cpu_count() or 1}):
        name = f"PyTorch, fused Adam, threads: {threads}"
        sides[name] = torch_epoch(X, data.labels, hidden, batch, threads)
    sides["scikit-learn MLPClassifier, float32"] = sklearn_epoch(X, data.labels, hidden, batch)
    widths = "-".join(map(str, (784, *hidden, 10)))
    return Comparison(
        title=f"Dense {widths}, batch {batch}, Adam: seconds for an epoch of 60,000",
        seconds=take_turns(sides, rounds),
        ours=OURS,
    )
