"""The learning-rate finder, which leaves everything as it was."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from homespun.estimators import ImageClassifier
from homespun.nn import Dense, ReLU

EVERYONES = check_random_state(None)  # NumPy's global generator


def weight_hash(classifier: ImageClassifier) -> str:
    return classifier.model_.parameters.weight_hash()


def test_it_finds_a_rate_that_learns_and_leaves_everything_as_it_was(clothes):
    X, y = clothes
    generator = np.random.RandomState(5)
    classifier = ImageClassifier([Dense(32), ReLU()], max_iter=3, random_state=generator)
    classifier.fit(X, y)
    before = (weight_hash(classifier), dict(vars(classifier)))
    ours, everyones = generator.get_state()[1].copy(), EVERYONES.get_state()[1].copy()
    curve = classifier.find_learning_rate(X, y)
    assert weight_hash(classifier) == before[0]
    assert vars(classifier) == before[1]
    assert (generator.get_state()[1] == ours).all()
    assert (EVERYONES.get_state()[1] == everyones).all()
    assert 1e-4 < curve.suggestion < 0.1
    slow, found = (
        clone(classifier).set_params(learning_rate_init=lr, random_state=0).fit(X, y)
        for lr in (1e-6, curve.suggestion)
    )
    assert found.loss_curve_[-1] < 0.5 * slow.loss_curve_[-1]


def test_before_the_first_fit_nothing_is_fitted(rows):
    classifier = ImageClassifier()
    before = dict(vars(classifier))
    everyones = EVERYONES.get_state()[1].copy()
    first, second = (classifier.find_learning_rate(*rows, n_steps=20) for _ in range(2))
    assert first == second
    assert vars(classifier) == before
    assert (EVERYONES.get_state()[1] == everyones).all()


def test_with_warm_start_it_begins_at_the_learnt_weights(rows):
    classifier = ImageClassifier(max_iter=100, random_state=0, warm_start=True).fit(*rows)
    warm = classifier.find_learning_rate(*rows, n_steps=5)
    cold = clone(classifier).find_learning_rate(*rows, n_steps=5)
    assert warm.losses[0] < 0.5 * cold.losses[0]
