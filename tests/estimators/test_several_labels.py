"""Several labels on one picture."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import accuracy_score

import homespun
from homespun.estimators import ImageClassifier
from homespun.nn import Dense, ReLU


@pytest.fixture(scope="module")
def outfits(clothes):
    """Two pieces side by side, and which kinds are on the picture."""
    X, y = clothes
    pairs = np.concatenate([X[:600, ::2, ::2], X[600:1200, ::2, ::2]], axis=2)
    Y = np.zeros((600, 10), int)
    Y[np.arange(600), y[:600]] = 1
    Y[np.arange(600), y[600:1200]] = 1
    return pairs, Y


@pytest.mark.parametrize("multilabel", ["auto", True])
def test_several_labels_on_one_picture(outfits, multilabel):
    X, Y = outfits
    classifier = ImageClassifier(
        [Dense(64), ReLU()], max_iter=60, random_state=0, multilabel=multilabel
    ).fit(X[:500], Y[:500])
    probabilities = classifier.predict_proba(X[500:])
    assert probabilities.shape == (100, 10)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert classifier.out_activation_ == "logistic"
    answers = classifier.predict(X[500:])
    assert (answers == (probabilities >= 0.5)).all()
    assert (answers == Y[500:]).mean() > 0.85
    assert classifier.score(X[:500], Y[:500]) == accuracy_score(
        Y[:500], classifier.predict(X[:500])
    )


def test_the_loss_is_binary_cross_entropy(outfits):
    X, Y = outfits
    classifier = ImageClassifier([], max_iter=2, scoring="loss", random_state=0)
    classifier.fit(X[:500], Y[:500], validation_data=(X[500:], Y[500:]))
    p = classifier.predict_proba(X[500:]).astype(float)
    by_hand = -(Y[500:] * np.log(p) + (1 - Y[500:]) * np.log(1 - p)).sum(axis=1).mean()
    assert -classifier.best_validation_score_ == pytest.approx(by_hand, rel=1e-4)


def test_a_threshold_for_each_label(outfits):
    X, Y = outfits
    thresholds = np.linspace(0.05, 0.95, 10)
    classifier = ImageClassifier([], max_iter=3, random_state=0, thresholds=thresholds)
    probabilities = classifier.fit(X, Y).predict_proba(X)
    assert (classifier.predict(X) == (probabilities >= thresholds)).all()
    with pytest.raises(ValueError, match="one for each of 10 labels"):
        classifier.set_params(thresholds=[0.5, 0.5]).predict(X)


def test_early_stopping_watches_all_labels_at_once(outfits):
    X, Y = outfits
    classifier = ImageClassifier(
        [Dense(32), ReLU()], early_stopping=True, max_iter=5, random_state=0
    ).fit(X, Y)
    assert len(classifier.validation_scores_) == 5
    recipe = ImageClassifier("mlp", max_iter=1, random_state=0).fit(X[:100], Y[:100])
    assert recipe.predict(X[:3]).shape == (3, 10)


def test_parts_with_several_labels(outfits):
    X, Y = outfits
    classifier = ImageClassifier([], random_state=0)
    for i in range(3):
        classifier.partial_fit(X[200 * i : 200 * i + 200], Y[200 * i : 200 * i + 200])
    assert classifier.n_iter_ == 3


def test_another_kind_of_y_is_refused(outfits):
    X, Y = outfits
    with pytest.raises(ValueError, match="multilabel=True takes y of shape"):
        ImageClassifier(multilabel=True).fit(X, Y.argmax(axis=1))
    with pytest.raises(ValueError, match="multilabel=False does not allow"):
        ImageClassifier(multilabel=False).fit(X, Y)
    classifier = ImageClassifier([], max_iter=1, warm_start=True).fit(X, Y)
    with pytest.raises(ValueError, match="another kind of labels"):
        classifier.fit(X, Y.argmax(axis=1))


@pytest.mark.parametrize(
    ("thresholds", "words"),
    [([0.5, 0.5], "one for each of 10"), ([0.5] * 9 + [1.5], "from 0 to 1"), (1.5, "'thresholds'")],
)
def test_wrong_thresholds_are_refused_before_anything_is_trained(outfits, thresholds, words):
    with pytest.raises(ValueError, match=words):
        ImageClassifier([], max_iter=10**9, n_iter_no_change=None, thresholds=thresholds).fit(
            *outfits
        )


def test_logits_are_those_of_each_label(outfits):
    X, Y = outfits
    classifier = ImageClassifier([], max_iter=2, random_state=0).fit(X, Y)
    logits = classifier.decision_function(X)
    np.testing.assert_allclose(expit(logits), classifier.predict_proba(X), rtol=1e-5)


def test_thresholds_go_with_the_model(outfits, tmp_path):
    X, Y = outfits
    classifier = ImageClassifier([], max_iter=3, random_state=0, thresholds=0.3).fit(X, Y)
    assert classifier.model_.thresholds == (0.3,) * 10
    thresholds = np.linspace(0.05, 0.95, 10)
    classifier.set_params(thresholds=thresholds)  # chosen after the fit
    homespun.save(classifier.model_, tmp_path / "outfits.safetensors")
    model = homespun.load(tmp_path / "outfits.safetensors")
    assert model.thresholds == tuple(thresholds.tolist())
    expected = classifier.predict(X)
    assert (model.predict(X[..., np.newaxis]) == expected).all()
    assert (expected != classifier.set_params(thresholds=0.5).predict(X)).mean() > 0


def test_one_label_a_picture_needs_no_thresholds(rows):
    assert ImageClassifier(max_iter=1).fit(*rows).model_.thresholds is None
