"""Estimators with convolutions: ImageClassifier, and skorch around the same network in PyTorch.

Both make one epoch over the same pictures with Nesterov momentum; skorch gets ready-scaled float32
arrays, PyTorch's fused optimizer, and both layouts of memory; homespun gets bytes. Accuracy is that
of the last turn, on training pictures that are not trained on.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from skorch import NeuralNetClassifier

from conv_speed import LARGE, homespun_network, torch_network
from harness import Comparison, Side, Work, take_turns
from homespun.data import Dataset, Scaling, load_fashion_mnist
from homespun.estimators import ImageClassifier

OURS = "homespun ImageClassifier"
BATCH = 128
LR = 0.02
N_HELD_OUT = 2_000
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


class Network(torch.nn.Module):
    """The network in PyTorch, in a layout of memory that its inputs follow."""

    def __init__(self, layout: str) -> None:
        super().__init__()
        self._memory = LAYOUTS[layout]
        self.layers = torch_network(LARGE).to(memory_format=self._memory)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (batch, n_classes) for pictures (batch, channel, height, width)."""
        logits: torch.Tensor = self.layers(x.contiguous(memory_format=self._memory))
        return logits


def parts(n_samples: int) -> tuple[Dataset, Dataset]:
    """Return the first `n_samples` training pictures, and the N_HELD_OUT after them."""
    training, _ = load_fashion_mnist()
    end = n_samples + N_HELD_OUT
    return training.take(slice(n_samples)), training.take(slice(n_samples, end))


def homespun_side(n_samples: int) -> Work:
    """Return an epoch with ImageClassifier; the layer that answers is added to the others."""
    data, held_out = parts(n_samples)
    classifier = ImageClassifier(
        list(homespun_network(LARGE).layers[:-1]),
        optimizer="nesterov",
        learning_rate_init=LR,
        batch_size=BATCH,
        max_iter=1,
        random_state=0,
    )
    return Work(
        lambda: classifier.fit(data.images, data.labels),
        lambda: float(classifier.score(held_out.images, held_out.labels)),
    )


def skorch_side(n_samples: int, layout: str) -> Work:
    """Return an epoch with skorch; it makes the network anew in every fit."""
    scaling = Scaling.fit(parts(n_samples)[0].images)
    (X, y), (X_held_out, y_held_out) = (
        (scaling(part.images).transpose(0, 3, 1, 2).copy(), part.labels.astype(np.int64))
        for part in parts(n_samples)
    )
    torch.manual_seed(0)
    classifier = NeuralNetClassifier(
        Network,
        module__layout=layout,
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
    return Work(
        lambda: classifier.fit(X, y), lambda: float(classifier.score(X_held_out, y_held_out))
    )


def compare(n_samples: int, rounds: int) -> Comparison:
    """Take turns, a fit of one epoch each."""
    sides: dict[str, Side] = {OURS: partial(homespun_side, n_samples)}
    for layout in LAYOUTS:
        sides[f"skorch (PyTorch), {layout}"] = partial(skorch_side, n_samples, layout)
    seconds, accuracies = take_turns(sides, rounds)
    return Comparison(
        title=f"fit of the network of 22 M multiply-adds, one epoch of {n_samples:,} pictures",
        seconds=seconds,
        ours=OURS,
        notes=[f"Accuracy of {name}: {accuracy:.2%}." for name, accuracy in accuracies.items()],
    )
