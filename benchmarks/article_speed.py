"""The article's algorithm in our engine against the article's own operations in NumPy.

Hidden 50, 25 fixed batches, no bias, sigmoid on both layers, sum of binary cross-entropies, L2 0.5,
learning rate 0.001: the same updates. Ours runs in float32 by shards on threads, theirs in float64
with as many BLAS threads as there are cores, on pictures that are scaled once, beforehand.
"""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import train_test_split

from harness import WARM_UP, Comparison, Work, take_turns
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


def data() -> tuple[Dataset, Dataset]:
    """Return the article's training part and the part that it tested on."""
    whole, _ = load_fashion_mnist()
    kept, held_out = train_test_split(np.arange(len(whole)), test_size=0.2, random_state=42)
    return whole.take(kept), whole.take(held_out)


def homespun_side() -> Work:
    """Return EPOCHS_A_TURN epochs more in homespun's engine."""
    train, test = data()
    batches = np.array_split(np.arange(len(train)), N_BATCHES)
    network = Chain(
        Flatten(),
        Dense(50, bias=False, initializer=uniform),
        Sigmoid(),
        Dense(10, bias=False, initializer=uniform),
    )
    plan = Plan(
        network,
        SGD(),
        Constant(0.001),
        epochs=1,
        loss=SummedCrossEntropies(),
        l2=0.5,
        batch_size=len(batches[0]),
        shard_size=len(batches[0]) // 2,
    )
    params, _ = network.init(np.random.default_rng(42), train.images.shape[1:])
    parameters = Parameters(params)
    weights = Weights(parameters, plan.optimizer.init(parameters.vector), parameters.vector)
    scaling, alike = Scaling.fit(train.images), np.ones(len(train), np.float32)

    def turn() -> None:
        with Workers() as workers:
            step = Step(plan, weights, scaling, workers)
            for epoch in range(EPOCHS_A_TURN):
                for i, batch in enumerate(batches):
                    step(train, batch, alike, epoch, i)

    def accuracy() -> float:
        with Workers() as workers:
            logits = predict_logits(network, parameters.views, scaling, test.images, workers)
        return float(np.mean(logits.argmax(axis=1) == test.labels))

    return Work(turn, accuracy)


def article_side() -> Work:
    """Return EPOCHS_A_TURN epochs more by the article's class."""
    train, test = data()
    scaling = Scaling.fit(train.images)
    X, X_test = (scaling(part.images, float).reshape(len(part), -1) for part in (train, test))
    classifier = NNClassifier(
        n_classes=10,
        n_features=X.shape[1],
        n_hidden_units=50,
        l2=0.5,
        epochs=EPOCHS_A_TURN,
        learning_rate=0.001,
        n_batches=N_BATCHES,
        random_seed=42,
    )
    return Work(
        turn=lambda: classifier.fit(X, train.labels),
        result=lambda: classifier.score(X_test, test.labels),
    )


def compare(rounds: int) -> Comparison:
    """Take turns, EPOCHS_A_TURN epochs each; the accuracies are those after all turns."""
    seconds, accuracies = take_turns({OURS: homespun_side, THEIRS: article_side}, rounds)
    epochs = EPOCHS_A_TURN * (rounds + WARM_UP)
    return Comparison(
        title=f"The article's algorithm: seconds for {EPOCHS_A_TURN} epochs of 48,000",
        seconds=seconds,
        ours=OURS,
        notes=[
            f"Accuracy on the article's 12,000 held-out pictures after {epochs} epochs: "
            + ", ".join(f"{name} {accuracy:.2%}" for name, accuracy in accuracies.items())
            + "."
        ],
    )
