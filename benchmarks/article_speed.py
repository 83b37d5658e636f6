"""The article's algorithm in our engine against the article's own operations in NumPy.

Hidden 50, 25 fixed batches, no bias, sigmoid on both layers, sum of binary cross-entropies, L2 0.5,
learning rate 0.001: the same updates. Ours runs in float32 by shards on threads, theirs in float64
with as many BLAS threads as there are cores.
"""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

from harness import Comparison, take_turns
from homespun.article import NNClassifier
from homespun.data import Dataset, Scaling, load_fashion_mnist
from homespun.nn import BinaryCrossEntropy, Chain, Dense, Flatten, Parameters, Sigmoid, uniform
from homespun.optim import SGD, Constant
from homespun.training import Plan, Step, Weights, Workers, predict_logits
from homespun.types import Array

EPOCHS_A_TURN = 10
N_BATCHES = 25
OURS = "homespun, float32"
THEIRS = "the article's operations, NumPy float64"


class SummedCrossEntropies(BinaryCrossEntropy):
    """Binary cross-entropies of one-hot targets, summed over the batch as the article sums them."""

    def __call__(self, logits: Array, targets: Array, weights: Array) -> tuple[float, Array]:
        """Return the sum of losses over the batch and its gradient."""
        one_hot = np.zeros_like(logits)
        one_hot[np.arange(len(targets)), targets] = 1
        return super().__call__(logits, one_hot, np.ones_like(weights))


class Ours:
    """The article's network and updates in homespun's engine."""

    def __init__(self, train: Dataset) -> None:
        self.train = train
        self.scaling = Scaling.fit(train.images)
        self.batches = np.array_split(np.arange(len(train)), N_BATCHES)
        self.plan = Plan(
            network=Chain(
                Flatten(),
                Dense(50, bias=False, initializer=uniform),
                Sigmoid(),
                Dense(10, bias=False, initializer=uniform),
            ),
            loss=SummedCrossEntropies(),
            optimizer=SGD(),
            schedule=Constant(0.001),
            l2=0.5,
            epochs=EPOCHS_A_TURN,
            batch_size=len(self.batches[0]),
            shard_size=240,
        )
        params, _ = self.plan.network.init(np.random.default_rng(42), train.images.shape[1:])
        parameters = Parameters(params)
        self.weights = Weights(parameters, {}, parameters.vector)

    def fit(self) -> None:
        """Train for EPOCHS_A_TURN epochs more."""
        alike = np.ones(len(self.train), np.float32)
        with Workers() as workers:
            step = Step(self.plan, self.weights, self.scaling, workers)
            for epoch in range(EPOCHS_A_TURN):
                for i, batch in enumerate(self.batches):
                    step(self.train, batch, alike, epoch, i)

    def score(self, test: Dataset) -> float:
        """Return the accuracy on `test`."""
        views = self.weights.parameters.views
        with Workers() as workers:
            logits = predict_logits(self.plan.network, views, self.scaling, test.images, workers)
        return float(np.mean(logits.argmax(axis=1) == test.labels))


def compare(rounds: int) -> Comparison:
    """Take turns, EPOCHS_A_TURN epochs each; the accuracies are those after all turns."""
    whole, _ = load_fashion_mnist()
    kept, held_out = train_test_split(np.arange(len(whole)), test_size=0.2, random_state=42)
    train, test = whole.take(kept), whole.take(held_out)
    X, X_test = (scale(part.images.reshape(len(part), -1).astype(float)) for part in (train, test))
    ours = Ours(train)
    theirs = NNClassifier(
        n_classes=10,
        n_features=784,
        n_hidden_units=50,
        l2=0.5,
        epochs=EPOCHS_A_TURN,
        learning_rate=0.001,
        n_batches=N_BATCHES,
        random_seed=42,
    )
    seconds = take_turns({OURS: ours.fit, THEIRS: lambda: theirs.fit(X, train.labels)}, rounds)
    epochs = EPOCHS_A_TURN * (rounds + 1)
    return Comparison(
        title=f"The article's algorithm, seconds for {EPOCHS_A_TURN} epochs",
        seconds=seconds,
        ours=OURS,
        notes=[
            f"Accuracy on the article's 12,000 held-out pictures after {epochs} epochs: homespun "
            f"{ours.score(test):.2%}, the article's operations "
            f"{theirs.score(X_test, test.labels):.2%}."
        ],
    )
