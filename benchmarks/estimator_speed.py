"""Estimators: fit and predict of ImageClassifier and MLPClassifier with the same settings.

Both take the same float32 rows, batch size, number of epochs and optimizer (Adam, learning rate
0.001), and scale or are given scaled what they see. Accuracy is that of the last turn.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from harness import Comparison, Side, Work, take_turns
from homespun.data import Scaling, load_fashion_mnist
from homespun.estimators import ImageClassifier
from homespun.nn import Dense, ReLU
from homespun.types import Array

OURS = "homespun ImageClassifier"
THEIRS = "scikit-learn MLPClassifier, float32"
PREDICTIONS_A_TURN = 20


def clothes() -> list[Array]:
    """Return scaled rows of Fashion-MNIST, and labels: training, test."""
    training, test = load_fashion_mnist()
    scaling = Scaling.fit(training.images)
    rows = [scaling(part.images).reshape(len(part), -1) for part in (training, test)]
    return [*rows, training.labels, test.labels]


def digits() -> list[Array]:
    """Return scaled rows of scikit-learn's digits, and labels: training, test."""
    X, y = load_digits(return_X_y=True)
    X = StandardScaler().fit_transform(X).astype(np.float32)
    parts: list[Array] = train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)
    return parts


def make(name: str, hidden: int, batch: int, epochs: int) -> ImageClassifier | MLPClassifier:
    """Return the classifier that `name` stands for; neither stops early."""
    same = {"batch_size": batch, "max_iter": epochs, "learning_rate_init": 0.001, "tol": 0.0}
    if name == OURS:
        layers = [Dense(hidden), ReLU()]
        return ImageClassifier(layers, n_iter_no_change=None, random_state=0, **same)
    return MLPClassifier((hidden,), alpha=0.0, n_iter_no_change=10**6, random_state=0, **same)


def side(
    name: str, data: Callable[[], list[Array]], what: str, hidden: int, batch: int, epochs: int
) -> Work:
    """Return a fit, or a prediction of the test part, with the classifier of this name."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, X_test, y, y_test = data()
    classifier = make(name, hidden, batch, epochs).fit(X, y)
    turns = {"fit": lambda: classifier.fit(X, y), "predict": lambda: classifier.predict(X_test)}
    repeats = PREDICTIONS_A_TURN if what == "predict" else 1
    return Work(turns[what], lambda: float(classifier.score(X_test, y_test)), repeats)


def compare(
    data: Callable[[], list[Array]],
    what: str,
    rounds: int,
    hidden: int = 128,
    batch: int = 200,
    epochs: int = 5,
) -> Comparison:
    """Take turns to fit, or to predict."""
    sides: dict[str, Side] = {
        name: partial(side, name, data, what, hidden, batch, epochs) for name in (OURS, THEIRS)
    }
    seconds, accuracies = take_turns(sides, rounds)
    return Comparison(
        title=f"{what} on {data.__name__}: {hidden} hidden units, batch {batch}, {epochs} epochs",
        seconds=seconds,
        ours=OURS,
        unit="ms" if what == "predict" else "s",
        notes=[f"Accuracy of {name}: {accuracy:.2%}." for name, accuracy in accuracies.items()],
    )
