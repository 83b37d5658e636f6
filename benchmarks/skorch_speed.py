"""Estimators with convolutions: ImageClassifier, and skorch around the same network in PyTorch.

Both make one epoch over the same pictures with Nesterov momentum; skorch gets ready-scaled float32
tensors and PyTorch's fused optimizer, homespun bytes.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from skorch import NeuralNetClassifier

from conv_speed import LARGE, homespun_network, torch_network
from harness import Comparison, Side, Work, take_turns
from homespun.data import Scaling, load_fashion_mnist
from homespun.estimators import ImageClassifier

OURS = "homespun ImageClassifier"
BATCH = 128
LR = 0.02


def homespun_side(n_samples: int) -> Work:
    """Return an epoch with ImageClassifier; the layer that answers is added to the others."""
    data = load_fashion_mnist()[0].take(slice(n_samples))
    classifier = ImageClassifier(
        list(homespun_network(LARGE).layers[:-1]),
        optimizer="nesterov",
        learning_rate_init=LR,
        batch_size=BATCH,
        max_iter=1,
        random_state=0,
    )
    return Work(lambda: classifier.fit(data.images, data.labels))


def skorch_side(n_samples: int) -> Work:
    """Return an epoch with skorch."""
    data = load_fashion_mnist()[0].take(slice(n_samples))
    X = Scaling.fit(data.images)(data.images).transpose(0, 3, 1, 2).copy()
    y = data.labels.astype(np.int64)
    classifier = NeuralNetClassifier(
        torch_network(LARGE),
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.SGD,
        optimizer__momentum=0.9,
        optimizer__nesterov=True,
        optimizer__fused=True,
        lr=LR,
        batch_size=BATCH,
        max_epochs=1,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    return Work(lambda: classifier.fit(X, y))


def compare(n_samples: int, rounds: int) -> Comparison:
    """Take turns, a fit of one epoch each."""
    sides: dict[str, Side] = {
        OURS: partial(homespun_side, n_samples),
        "skorch (PyTorch)": partial(skorch_side, n_samples),
    }
    seconds, _ = take_turns(sides, rounds)
    return Comparison(
        title=f"fit of the network of 22 M multiply-adds, one epoch of {n_samples:,} pictures",
        seconds=seconds,
        ours=OURS,
    )
